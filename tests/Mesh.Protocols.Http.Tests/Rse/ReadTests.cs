using Mesh.Testing;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>RSE specification, section 7: what readers depend on, and what the clock does.</summary>
public sealed class ReadTests() : ReadContract(RseServer.OpenAsync)
{
    private ManualClock Clock => ((RseServer)Door).Clock;

    [Fact]
    public async Task An_event_is_read_with_all_its_fields() // cases 2, 3 and 29
    {
        var posted = await Door.PostAsync("/c", """{"Event":"T","n":1}""");
        Assert.Equal((201, null, 0L, ""), (posted.Status, posted.Type, posted.Length, posted.Body));
        var at = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromSeconds(3.4));

        var answer = await Door.GetAsync("/c");
        var id = Assert.Single(answer.Ids());
        Assert.Equal(RecordTime.From(at).Micros, id);
        Assert.InRange(id, 1, 1L << 53);
        const string Data = """{"Event":"T","n":1}""";
        var text = $$"""{"channel":"/c","events":[{"id":{{id}},"user_agent":"{{RseDoor.A}}","created_at":"2026-03-01 12:00:00Z","age":3,"data":{{Data}}}]}""";
        Assert.Equal(text, answer.Body);
        Assert.Equal(text.Length, answer.Length);
    }

    [Fact]
    public async Task Events_are_gone_when_their_time_is_up_and_not_before() // case 27
    {
        await Door.PostAsync("/c", "[1]");
        Clock.Advance(TimeSpan.FromSeconds(120) - TimeSpan.FromMilliseconds(1));
        var last = Assert.Single((await Door.GetAsync("/c")).Events());
        Assert.Equal(119, last.GetProperty("age").GetInt64());
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(204, (await Door.GetAsync("/c")).Status);
    }

    [Fact]
    public async Task An_age_counts_on_after_a_day_and_is_0_when_the_clock_was_set_back()
    {
        await using var rse = await RseServer.StartAsync(new Protocols.Http.Rse.RseOptions { EventTtl = TimeSpan.FromDays(3) });
        await rse.PostAsync("/c", "[1]");
        rse.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(25 * 3600, Assert.Single((await rse.GetAsync("/c")).Events()).GetProperty("age").GetInt64());
        rse.Clock.SetWall(rse.Clock.GetUtcNow().AddDays(-2));
        Assert.Equal(0, Assert.Single((await rse.GetAsync("/c")).Events()).GetProperty("age").GetInt64());
    }
}
