using System.Net;
using System.Text;
using System.Text.Json;
using Mesh.Testing;
using Xunit;

namespace Mesh.Standalone.Tests;

public sealed class HttpDrainTests : IDisposable
{
    private const int EventsBeforeSignal = 500;
    private readonly TempFolder _folder = new();
    private readonly HttpClient _client = new();

    public HttpDrainTests() => _client.DefaultRequestHeaders.UserAgent.ParseAdd("test/1 uuid/writer");

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_event_answered_with_201_is_there_after_a_signal_under_load()
    {
        var data = _folder.File("mesh.db");
        var created = new HashSet<int>();
        await using (var mesh = await Standalone.OpenAsync(data))
        {
            var warm = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var writers = Enumerable.Range(0, 8).Select(writer => PostUntilGoneAsync(new Uri(mesh.Rse, "load"), writer, created, warm)).ToArray();
            await warm.Task;
            mesh.Terminate();
            Assert.Equal(0, (await mesh.EndAsync()).Code);
            await Task.WhenAll(writers);
        }

        await using var again = await Standalone.OpenAsync(data);
        Assert.True(created.Count >= EventsBeforeSignal);
        Assert.Subset(await ReadAllAsync(new Uri(again.Rse, "load")), created);
    }

    [Fact]
    public async Task Requests_that_wait_for_events_are_answered_after_a_signal()
    {
        await using var mesh = await Standalone.OpenAsync(_folder.File("mesh.db"));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(mesh.Rse, "quiet")) { Headers = { { "Accept", "text/event-stream" } } };
        using var stream = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var events = await stream.Content.ReadAsStreamAsync();
        var polls = Enumerable.Range(0, 5).Select(_ => _client.GetAsync(new Uri(mesh.Http, "rse/quiet?wait=60"))).ToArray();
        await Eventually.TrueAsync(
            async () => (await _client.GetStringAsync(new Uri(mesh.Http, "metrics"))).Contains("\nmesh_rse_waits 6\n", StringComparison.Ordinal), "six requests wait");
        mesh.Terminate();
        foreach (var poll in await Task.WhenAll(polls)) Assert.Equal(HttpStatusCode.NoContent, poll.StatusCode);
        Assert.Equal("retry: 1000\n\n", (await new StreamReader(events).ReadToEndAsync()).Replace(":\n\n", "", StringComparison.Ordinal)); // but for the comments that break a silence
        Assert.Equal(0, (await mesh.EndAsync()).Code);
    }

    private async Task PostUntilGoneAsync(Uri channel, int writer, HashSet<int> created, TaskCompletionSource warm)
    {
        for (var number = writer; ; number += 1000)
        {
            try
            {
                using var answer = await _client.PostAsync(channel, new StringContent($"[{number}]", Encoding.UTF8));
                if (answer.StatusCode != HttpStatusCode.Created) continue;
            }
            catch (HttpRequestException)
            {
                return;
            }

            lock (created)
            {
                created.Add(number);
                if (created.Count == EventsBeforeSignal) warm.SetResult();
            }
        }
    }

    private async Task<HashSet<int>> ReadAllAsync(Uri channel)
    {
        var found = new HashSet<int>();
        for (var last = 0L; ;)
        {
            using var answer = await _client.GetAsync($"{channel}?echo=true&max-events=500&last-known-id={last}");
            if (answer.StatusCode == HttpStatusCode.NoContent) return found;
            using var page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            foreach (var each in page.RootElement.GetProperty("events").EnumerateArray())
            {
                last = each.GetProperty("id").GetInt64();
                Assert.True(found.Add(each.GetProperty("data")[0].GetInt32()));
            }
        }
    }
}
