using System.Text.Json;
using Mesh.Protocols.Http.Rse;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>RSE specification, section 5: the verbose report.</summary>
public sealed class HealthTests
{
    [Theory]
    [InlineData("y")]
    [InlineData("Yes")]
    [InlineData("T")]
    [InlineData("TRUE")]
    [InlineData("on")]
    [InlineData("1")]
    public async Task The_report_has_the_parts_of_the_original(string yes)
    {
        await using var rse = await RseServer.StartAsync(mode: RseMode.Test);
        using var report = await ReportAsync(rse, $"verbose={yes}");
        var root = report.RootElement;
        Assert.Equal(["rse", "mongo", "versions", "profiling", "integrity", "warnings"], root.EnumerateObject().Select(each => each.Name));
        var rsePart = root.GetProperty("rse");
        Assert.True(rsePart.GetProperty("test_mode").GetBoolean());
        Assert.Equal(0, rsePart.GetProperty("events").GetInt64());
        Assert.Equal("""{"attempts":0,"retries":0,"retry_rate":null}""", rsePart.GetProperty("pp_stats").GetProperty("id_generator").GetRawText());
        Assert.Equal("""{"first":null,"last":null}""", root.GetProperty("mongo").GetProperty("event_range").GetRawText());
        Assert.Equal(JsonValueKind.String, root.GetProperty("profiling").ValueKind);
        Assert.Equal(JsonValueKind.String, root.GetProperty("integrity").ValueKind);
        Assert.Equal(0, root.GetProperty("warnings").GetArrayLength());
    }

    [Fact]
    public async Task It_counts_events_and_shows_the_oldest_and_the_newest()
    {
        await using var rse = await RseServer.StartAsync(mode: RseMode.Test);
        foreach (var channel in new[] { "/a/x", "/b", "//" }) await rse.PostAsync(channel, $"[\"{channel}\"]");
        rse.Clock.Advance(TimeSpan.FromSeconds(7));
        using var report = await ReportAsync(rse, "verbose=1");
        Assert.Equal(3, report.RootElement.GetProperty("rse").GetProperty("events").GetInt64());
        Assert.Equal("""{"attempts":3,"retries":0,"retry_rate":0}""", report.RootElement.GetProperty("rse").GetProperty("pp_stats").GetProperty("id_generator").GetRawText());
        var range = report.RootElement.GetProperty("mongo").GetProperty("event_range");
        Assert.Equal(("/a/x", """["/a/x"]""", 7), Of(range.GetProperty("first")));
        Assert.Equal(("//", """["//"]""", 7), Of(range.GetProperty("last")));
    }

    [Fact]
    public async Task In_live_mode_it_tells_nobody_a_channel_or_an_event()
    {
        await using var rse = await RseServer.StartAsync();
        await rse.PostAsync("/secret", "[\"hidden\"]");
        var answer = await rse.SendAsync(HttpMethod.Get, "/health?verbose=true", null, null, ("X-Auth-Token", ""));
        Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", answer.Body, StringComparison.Ordinal);
        using var report = JsonDocument.Parse(answer.Body);
        Assert.False(report.RootElement.GetProperty("rse").GetProperty("test_mode").GetBoolean());
        Assert.Equal(["id", "created_at", "age"], report.RootElement.GetProperty("mongo").GetProperty("event_range").GetProperty("first").EnumerateObject().Select(each => each.Name));
    }

    [Fact]
    public async Task It_times_look_ups_and_reads_all_events_when_asked()
    {
        await using var rse = await RseServer.StartAsync();
        for (var i = 0; i < 5; i++) await rse.PostAsync($"/{i}", "[1]");
        using var report = await ReportAsync(rse, "verbose=true&profile_db=true&validate_db=true");
        Assert.Equal(20, report.RootElement.GetProperty("profiling").GetProperty("lookups").GetInt32());
        Assert.Equal("""{"valid":true,"events_read":5,"events_missing":0}""", report.RootElement.GetProperty("integrity").GetRawText());
    }

    [Theory]
    [InlineData("verbose=false")]
    [InlineData("verbose=true&verbose=No")]
    [InlineData("profile_db=true")]
    public async Task Without_verbose_it_is_three_bytes(string query)
    {
        await using var rse = await RseServer.StartAsync();
        Assert.Equal("OK\n", (await rse.GetAsync($"/health?{query}", null)).Body);
    }

    [Theory]
    [InlineData("verbose=maybe", "verbose must be one of y, yes, t, true, on, 1, n, no, f, false, off, 0; it was 'maybe'")]
    [InlineData("verbose=1&validate_db=", "validate_db must be one of y, yes, t, true, on, 1, n, no, f, false, off, 0; it was ''")]
    public async Task What_is_neither_yes_nor_no_is_400(string query, string message)
    {
        await using var rse = await RseServer.StartAsync();
        Assert.Equal(message, (await rse.GetAsync($"/health?{query}", null)).Error(400));
    }

    private static (string?, string, int) Of(JsonElement found) =>
        (found.GetProperty("name").GetString(), found.GetProperty("data").GetRawText(), found.GetProperty("age").GetInt32());

    private static async Task<JsonDocument> ReportAsync(RseServer rse, string query)
    {
        var answer = await rse.GetAsync($"/health?{query}", null);
        Assert.Equal((200, "application/json; charset=utf-8"), (answer.Status, answer.Type));
        return JsonDocument.Parse(answer.Body);
    }
}
