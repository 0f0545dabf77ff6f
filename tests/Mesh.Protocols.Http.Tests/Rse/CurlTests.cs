using System.Diagnostics;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>A client that everybody has. Skipped, and said so, where it is not installed.</summary>
public sealed class CurlTests
{
    private const string Program = "/usr/bin/curl";

    [CurlFact]
    public async Task Curl_posts_a_file_and_reads_it_back()
    {
        await using var rse = await RseServer.StartAsync();
        var file = Path.GetTempFileName();
        try
        {
            const string Text = "{\n\t\"Event\": \"Wake\",\n\t\"Data\": { \"n\": 2.50 }\n}";
            await File.WriteAllTextAsync(file, Text);
            Assert.Equal("201", await CurlAsync(rse, "/acct+42/agent=/", RseServer.A, "--data-binary", $"@{file}", "-w", "%{http_code}"));
            Assert.Equal("204", await CurlAsync(rse, "/acct+42/agent=/", RseServer.A, "-w", "%{http_code}"));
            var read = await CurlAsync(rse, "/acct+42/agent=/", RseServer.B);
            Assert.StartsWith("{\"channel\":\"/acct+42/agent=/\",\"events\":[{\"id\":", read, StringComparison.Ordinal);
            Assert.EndsWith($",\"data\":{Text}}}]}}", read, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [CurlFact]
    public async Task Curl_polls_from_the_last_id()
    {
        await using var rse = await RseServer.StartAsync();
        for (var i = 0; i < 3; i++) Assert.Equal("", await CurlAsync(rse, "/c", RseServer.A, "-d", $"[{i}]"));
        var first = await CurlAsync(rse, "/c?max-events=1", RseServer.B);
        var id = first.Split("\"id\":")[1].Split(',')[0];
        var rest = await CurlAsync(rse, $"/c?last-known-id={id}&sort=-1", RseServer.B);
        Assert.Matches("\"data\":\\[2\\].*\"data\":\\[1\\]", rest);
        Assert.DoesNotContain("\"data\":[0]", rest, StringComparison.Ordinal);
    }

    private static async Task<string> CurlAsync(RseServer rse, string target, string userAgent, params string[] options)
    {
        rse.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var start = new ProcessStartInfo(Program, ["-sS", "--max-time", "30", "-A", userAgent, "-H", $"X-Auth-Token: {RseServer.Token}", .. options, $"{rse.Address.GetLeftPart(UriPartial.Authority)}{target}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var curl = Process.Start(start)!;
        var errors = curl.StandardError.ReadToEndAsync();
        var output = await curl.StandardOutput.ReadToEndAsync();
        await curl.WaitForExitAsync();
        Assert.Equal("", await errors);
        return output;
    }

    private sealed class CurlFactAttribute : FactAttribute
    {
        public CurlFactAttribute()
        {
            if (!File.Exists(Program)) Skip = $"{Program} is not installed.";
        }
    }
}
