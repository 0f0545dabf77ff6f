using System.Text.Json;

namespace Mesh.Testing.Doors;

/// <summary>A tail as Server-Sent Events.</summary>
internal sealed class EventTail : StreamTail
{
    private static readonly HttpClient Client = new() { Timeout = Timeout.InfiniteTimeSpan };

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private EventTail(HttpResponseMessage response, Stream body) => (_response, _lines) = (response, new StreamReader(body));

    public static async Task<StreamTail> OpenAsync(Uri address)
    {
        var response = await Client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return new EventTail(response, await response.Content.ReadAsStreamAsync());
    }

    public override ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _response.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override async Task<StreamDoor.Seen> TakeAsync()
    {
        const string Data = "data: ";
        while (await _lines.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith(Data, StringComparison.Ordinal)) continue;
            using var record = JsonDocument.Parse(line[Data.Length..]);
            return MeshHttpDoor.OneOf(record.RootElement);
        }

        throw new EndOfStreamException("The tail ended.");
    }
}
