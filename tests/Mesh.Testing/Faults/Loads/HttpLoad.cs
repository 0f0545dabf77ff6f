using System.Net;

namespace Mesh.Testing.Faults.Loads;

/// <summary>Posts over HTTP, one request a message.</summary>
public abstract class HttpLoad(History history, IReadOnlyList<OpenDoors> servers, string stream, string producer) : DoorLoad(history, servers, stream, producer)
{
    private HttpClient? _http;

    protected override async Task SendAsync(Send send)
    {
        _http ??= new HttpClient(new SocketsHttpHandler { UseProxy = false }) { DefaultRequestHeaders = { { "User-Agent", "faults" } } };
        using var answer = await _http.SendAsync(RequestFor(send.Message));
        if (answer.IsSuccessStatusCode) send.Acknowledged();
        else if (answer.StatusCode == HttpStatusCode.TooManyRequests) send.Refused();
        else if (answer.StatusCode < HttpStatusCode.InternalServerError)
            throw new InvalidOperationException($"{Stream} is posted to wrongly: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    protected abstract HttpRequestMessage RequestFor(MessageId message);

    protected override void Disconnect()
    {
        _http?.Dispose();
        _http = null;
    }
}
