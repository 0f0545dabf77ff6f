using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>Events that come while somebody waits for them, and posts that are sent again: on whatever host.</summary>
/// <param name="open">Opens an empty door.</param>
public abstract class LiveContract(Func<Task<RseDoor>> open) : DoorContract<RseDoor>(open)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [ContractTheory]
    [InlineData("/a/b?wait=60", "/a/b")]
    [InlineData("/rse/a/b?wait=60&events=parent", "/a")]
    [InlineData("/a?wait=60&events=all", "/a/b/c")]
    public async Task Whoever_waits_gets_the_next_event(string target, string posted)
    {
        for (var i = 0; i < 5; i++)
        {
            var known = i == 0 ? "0" : (await Door.GetAsync(posted)).Ids().Last().ToString(System.Globalization.CultureInfo.InvariantCulture);
            var waiting = Door.GetAsync($"{target}&last-known-id={known}");
            await Door.PostAsync("/ab", "[0]");
            await Door.PostAsync(posted, "[0]", RseDoor.B);
            await Door.PostAsync(posted, $"[{i + 1}]");
            Assert.Equal([$"[{i + 1}]"], (await waiting.WaitAsync(Patience)).Data());
        }
    }

    [ContractFact]
    public async Task A_stream_goes_on_from_its_last_id_without_gap_or_double()
    {
        const int Events = 60;
        var posting = Task.Run(async () =>
        {
            for (var i = 0; i < Events; i++) await Door.PostAsync("/c", $"[{i}]");
        });
        var (seen, last) = (new List<string>(), "0");
        while (seen.Count < Events)
        {
            using var stream = await Door.AskAsync(HttpMethod.Get, "/c", RseDoor.B, null, ("Accept", "text/event-stream"), ("Last-Event-ID", last));
            using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync());
            for (var goal = Math.Min(Events, seen.Count + 20); seen.Count < goal;)
            {
                var line = (await lines.ReadLineAsync().WaitAsync(Patience))!;
                if (line.StartsWith("id: ", StringComparison.Ordinal)) last = line["id: ".Length..];
                if (line.StartsWith("data: ", StringComparison.Ordinal)) seen.Add(line[line.LastIndexOf('[')..^1]);
            }
        }

        await posting;
        Assert.Equal(Enumerable.Range(0, Events).Select(i => $"[{i}]"), seen);
    }

    [ContractFact]
    public async Task A_post_sent_again_under_its_key_is_stored_once()
    {
        var ids = new HashSet<string>();
        for (var i = 0; i < 3; i++)
        {
            using var posted = await Door.AskAsync(HttpMethod.Post, "/c", RseDoor.A, "[1]"u8.ToArray(), ("Idempotency-Key", "k"));
            Assert.Equal(201, (int)posted.StatusCode);
            ids.UnionWith(posted.Headers.GetValues("X-RSE-Event-Id"));
        }

        Assert.Equal(Assert.Single(ids), $"{Assert.Single((await Door.GetAsync("/c")).Ids())}");
    }
}
