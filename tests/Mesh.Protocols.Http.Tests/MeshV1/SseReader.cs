using System.Text;
using System.Text.Json;
using Xunit;

namespace Mesh.Protocols.Http.Tests.MeshV1;

/// <summary>Reads Server-Sent Events as a browser's EventSource does (WHATWG HTML, section 9.2.6).</summary>
internal sealed class SseReader : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private SseReader(HttpResponseMessage response, Stream body) => (_response, _lines) = (response, new StreamReader(body));

    public static async Task<SseReader> OpenAsync(MeshDoor door, string path, params (string Name, string Value)[] headers)
    {
        var response = await door.AskAsync(HttpMethod.Get, path, null, [.. headers, ("Accept", "text/event-stream")]);
        Assert.Equal((200, "text/event-stream"), ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        return new SseReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event that has data; its id, or -1 where it has none.</summary>
    public async Task<(long Id, JsonElement Data)> NextAsync()
    {
        var (id, data) = (-1L, new StringBuilder());
        while (true)
        {
            var line = await _lines.ReadLineAsync().WaitAsync(Patience) ?? throw new EndOfStreamException("The server ended the events.");
            if (line.Length == 0 && data.Length > 0) return (id, JsonDocument.Parse(data.ToString()).RootElement);
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = long.Parse(line[4..], System.Globalization.CultureInfo.InvariantCulture);
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) data.Append(data.Length > 0 ? "\n" : "").Append(line[6..]);
        }
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _response.Dispose();
        return ValueTask.CompletedTask;
    }
}
