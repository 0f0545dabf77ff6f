using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Mesh.Testing.Faults.Loads;

/// <summary>A consumer of a queue of Zaqar: claims, deletes what it was handed, and goes to the next process when one does not answer.</summary>
public sealed class ClaimLoad(ClaimHistory history, IReadOnlyList<OpenDoors> servers, string queue) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = NextDoors.AnswerMax };
    private readonly NextDoors _doors = new(servers);

    /// <param name="stop">From then on it ends when nothing is left to claim.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                if (await ConsumeAsync()) continue;
                if (stop.IsCancellationRequested) return;
            }
            catch (Exception failure) when (NextDoors.IsLost(failure))
            {
                _doors.MoveOn();
            }

            await NextDoors.PauseAsync();
        }
    }

    public void Dispose() => _http.Dispose();

    /// <returns>False when there was nothing to claim.</returns>
    private async Task<bool> ConsumeAsync()
    {
        var before = history.Before();
        using var claim = await AskAsync(HttpMethod.Post, $"v2/queues/{queue}/claims?limit=20", """{"ttl":60,"grace":60}""");
        if (claim.StatusCode == HttpStatusCode.NoContent) return false;
        claim.EnsureSuccessStatusCode();
        var messages = (await claim.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("messages").EnumerateArray().ToList();
        foreach (var message in messages) history.Claimed(message.GetProperty("body").GetString()!, before);
        foreach (var message in messages)
        {
            using var deleted = await AskAsync(HttpMethod.Delete, message.GetProperty("href").GetString()!.TrimStart('/'), null);
            if (deleted.StatusCode == HttpStatusCode.NoContent) history.Acknowledged(message.GetProperty("body").GetString()!);
        }

        return true;
    }

    private Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, string? body)
    {
        var request = new HttpRequestMessage(method, new Uri(_doors.Current.Http, path))
        {
            Headers = { { "Client-ID", "3381af92-2b9e-11e3-b191-71861300734d" }, { "X-Project-ID", QueueLoad.Project } },
        };
        if (body is not null) request.Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        return _http.SendAsync(request);
    }
}
