using Mesh.Hosting.Options;
using Microsoft.Extensions.Logging.Console;

namespace Mesh.Hosting.Logs;

/// <summary>Log lines go to standard error, so that standard output holds the banner alone.</summary>
public static class HostLog
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";

    public static ILoggerFactory Create(ProcessOptions options) => LoggerFactory.Create(logging => Configure(logging, options));

    private static void Configure(ILoggingBuilder logging, ProcessOptions options)
    {
        logging.SetMinimumLevel(options.LogLevel);
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None); // why a start failed is told once, in a sentence
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error); // takes the machine's time since its start for a delay, once
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error); // its warnings advise another garbage collector, at every start
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (options.LogFormat == LogFormat.Json)
        {
            logging.AddJsonConsole(console => (console.UseUtcTimestamp, console.TimestampFormat) = (true, TimeFormat.TrimEnd()));
        }
        else
        {
            logging.AddSimpleConsole(console => (console.SingleLine, console.UseUtcTimestamp, console.TimestampFormat) = (true, true, TimeFormat));
        }
    }
}
