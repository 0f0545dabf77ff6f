using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Mesh.Testing.Http;

/// <summary>A subscriber on loopback, for one test. Each call waits in line to be looked at.</summary>
public sealed class Webhook : IAsyncDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();
    private KestrelHost _host = null!;
    private int _count;

    /// <summary>What a call is answered with, by how many there were before it; by default 200.</summary>
    public Func<int, HttpResponse, Task> Answer { get; init; } = (_, _) => Task.CompletedTask;

    public string Url => $"{_host.Address}hook";

    public int Count => Volatile.Read(ref _count);

    public static async Task<Webhook> StartAsync(Func<int, HttpResponse, Task>? answer = null, IPAddress? address = null)
    {
        var hook = answer is null ? new Webhook() : new Webhook { Answer = answer };
        hook._host = await KestrelHost.StartAsync(app => app.Run(hook.TakeAsync), address);
        return hook;
    }

    /// <summary>The next call, which must come.</summary>
    public async Task<Call> NextAsync() => await _calls.Reader.ReadAsync().AsTask().WaitAsync(WaitMax);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var before = Interlocked.Increment(ref _count) - 1;
        await Answer(before, context.Response);
        await _calls.Writer.WriteAsync(new Call(body, context.Request.Headers.ToDictionary(each => each.Key, each => each.Value.ToString())));
    }

    public sealed record Call(string Body, Dictionary<string, string> Headers)
    {
        public JsonElement Json()
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
    }
}
