using Mesh.Protocols.Http.Rse;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>Pages of other origins (WHATWG Fetch, section 3.3), when they are let in.</summary>
public sealed class CorsTests
{
    private const string Page = "https://page.example";
    private static readonly (string, string)[] Preflight = [("Origin", Page), ("Access-Control-Request-Method", "POST"), ("X-Auth-Token", "")];

    [Theory]
    [InlineData(Page, Page)]
    [InlineData(CorsRules.AnyOrigin, "*")]
    [InlineData($"https://other.example,{Page}", Page)]
    public async Task A_browser_that_asks_beforehand_needs_no_token(string origins, string allowed)
    {
        await using var rse = await RseServer.StartAsync(new RseOptions { CorsOrigins = origins.Split(',') });
        using var answer = await rse.AskAsync(HttpMethod.Options, "/c", "Mozilla/5.0", null, Preflight);
        Assert.Equal((204, allowed), ((int)answer.StatusCode, Header(answer, "Access-Control-Allow-Origin")));
        Assert.Equal("GET, POST", Header(answer, "Access-Control-Allow-Methods"));
        Assert.Contains("X-Auth-Token", Header(answer, "Access-Control-Allow-Headers")!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_posts_and_reads_under_its_own_name_for_an_agent()
    {
        await using var rse = await RseServer.StartAsync(new RseOptions { CorsOrigins = [Page] });
        using var posted = await rse.AskAsync(HttpMethod.Post, "/c", "Mozilla/5.0", "[1]"u8.ToArray(), ("Origin", Page), ("X-User-Agent", RseServer.A));
        Assert.Equal((201, Page), ((int)posted.StatusCode, Header(posted, "Access-Control-Allow-Origin")));
        Assert.Contains("X-RSE-Event-Id", Header(posted, "Access-Control-Expose-Headers")!, StringComparison.Ordinal);
        Assert.Equal("Origin", Header(posted, "Vary"));
        Assert.Equal(RseServer.A, Assert.Single((await rse.GetAsync("/c")).Events()).GetProperty("user_agent").GetString());
        Assert.Equal(204, (await rse.GetAsync("/c", RseServer.A)).Status);
        using var refused = await rse.AskAsync(HttpMethod.Get, "/c", "Mozilla/5.0", null, ("Origin", Page), ("X-Auth-Token", ""));
        Assert.Equal((401, Page), ((int)refused.StatusCode, Header(refused, "Access-Control-Allow-Origin")));
    }

    [Theory]
    [InlineData("https://other.example")]
    [InlineData("")]
    public async Task Others_are_answered_as_anybody_and_options_stays_405(string origins)
    {
        await using var rse = await RseServer.StartAsync(new RseOptions { CorsOrigins = origins.Split(',', StringSplitOptions.RemoveEmptyEntries) });
        using var answer = await rse.AskAsync(HttpMethod.Options, "/c", RseServer.A, null, Preflight[..2]);
        Assert.Equal((405, null), ((int)answer.StatusCode, Header(answer, "Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task Options_that_ask_for_nothing_beforehand_are_405()
    {
        await using var rse = await RseServer.StartAsync(new RseOptions { CorsOrigins = [CorsRules.AnyOrigin] });
        Assert.Equal("OPTIONS", (await rse.SendAsync(HttpMethod.Options, "/c", RseServer.A)).Error(405));
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
