using Mesh.Testing;
using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>What every request must keep (Zaqar specification, section 1.1).</summary>
public abstract class RequestRuleContract(Func<Task<ZaqarDoor>> open) : DoorContract<ZaqarDoor>(open)
{
    [ContractTheory]
    [InlineData("/v2/queues/q")]
    [InlineData("/v2/queues")]
    [InlineData("/v2/queues/q/messages")]
    [InlineData("/v2/queues/q/stats")]
    [InlineData("/v2/queues/q/claims/a")]
    [InlineData("/v2/ping")]
    [InlineData("/v2/")]
    public async Task A_request_without_a_client_id_or_project_is_refused(string path)
    {
        var neither = await SendAsync("GET", path);
        Assert.Equal("Missing header value", neither.Error(400));
        var noProject = await SendAsync("GET", path, ("Client-ID", Guid.NewGuid().ToString()));
        Assert.Equal("Project-Id Missing", noProject.Error(400));
        var noClient = await SendAsync("GET", path, ("X-Project-ID", Door.Project));
        Assert.Equal("Missing header value", noClient.Error(400));
    }

    [ContractTheory]
    [InlineData("1234")]
    [InlineData("aa2-bb3")]
    [InlineData("6f1c2b1e-5b0a-4a53-9c5e-0d6f2f4b7a1")]
    [InlineData("6f1c2b1e-5b0a-4a53-9c5e-0d6f2f4b7a101")]
    [InlineData("6f1c2b1e-5b0a-4a53-9c5e-0d6f2f4b7a1g")]
    public async Task A_client_id_that_is_no_uuid_is_refused(string clientId) =>
        Assert.Equal("Wrong UUID value", (await SendAsync("PUT", "/v2/queues/q", ("Client-ID", clientId), ("X-Project-ID", Door.Project))).Error(400));

    [ContractFact]
    public async Task An_empty_client_id_is_refused() =>
        Assert.Equal("Missing header value", (await SendAsync("PUT", "/v2/queues/q", ("Client-ID", ""), ("X-Project-ID", Door.Project))).Error(400));

    [ContractTheory]
    [InlineData("6F1C2B1E-5B0A-4A53-9C5E-0D6F2F4B7A10")]
    [InlineData("6f1c2b1e5b0a4a539c5e0d6f2f4b7a10")]
    [InlineData("{6f1c2b1e-5b0a-4a53-9c5e-0d6f2f4b7a10}")]
    [InlineData("urn:uuid:6f1c2b1e-5b0a-4a53-9c5e-0d6f2f4b7a10")]
    public async Task Every_spelling_of_a_uuid_is_the_same_client(string clientId)
    {
        (string, string) project = ("X-Project-ID", Door.Project);
        var posted = await Door.Client.SendAsync(
            "POST", "/v2/queues/q/messages", """{"messages":[{"body":1}]}""", withHeaders: false, headers: [("Client-ID", "6f1c2b1e-5b0a-4a53-9c5e-0d6f2f4b7a10"), project]);
        Assert.Equal(201, posted.Status);
        Assert.Empty((await SendAsync("GET", "/v2/queues/q/messages", ("Client-ID", clientId), project)).Messages());
    }

    [ContractFact]
    public async Task An_empty_project_is_refused() =>
        Assert.Equal(
            "Empty project header not allowed",
            (await SendAsync("PUT", "/v2/queues/q", ("Client-ID", Guid.NewGuid().ToString()), ("X-Project-ID", ""))).Error(400));

    [ContractFact]
    public async Task Projects_have_up_to_256_characters_of_any_kind()
    {
        Assert.Equal(201, (await Door.NewClient(new string('p', 256 - Door.Project.Length)).PutAsync("/v2/queues/q")).Status);
        Assert.Equal("Invalid queue identification", (await Door.NewClient(new string('p', 257 - Door.Project.Length)).PutAsync("/v2/queues/q")).Error(400));
        Assert.Equal(201, (await Door.NewClient(" JAM Project").PutAsync("/v2/queues/q")).Status);
    }

    [ContractTheory]
    [InlineData("plain/text")]
    [InlineData("application/xml")]
    [InlineData("text/*, application/xml;q=0.9")]
    public async Task Answers_in_another_form_than_json_are_not_acceptable(string accept)
    {
        string[] paths = ["/v2/queues", "/v2/queues/q", "/v2/queues/q/messages", "/v2/queues/q/stats", "/v2/queues/q/claims/a", "/v2/queues/q/messages/a"];
        foreach (var path in paths) Assert.Equal(406, (await Door.Client.SendAsync("GET", path, headers: ("Accept", accept))).Status);
    }

    [ContractTheory]
    [InlineData("*/*")]
    [InlineData("application/json")]
    [InlineData("application/*;q=0.5")]
    [InlineData("text/html, application/json;q=0.1")]
    public async Task Whoever_admits_json_gets_it(string accept) =>
        Assert.Equal(200, (await Door.Client.SendAsync("GET", "/v2/queues", headers: ("Accept", accept))).Status);

    [ContractFact]
    public async Task A_form_is_no_json_unless_it_is_empty()
    {
        const string form = "application/x-www-form-urlencoded";
        Assert.Equal("Invalid Content-Type", (await Door.Client.SendAsync("PUT", "/v2/queues/q", "{}", form)).Error(400));
        Assert.Equal("Invalid Content-Type", (await Door.Client.SendAsync("PUT", "/v2/queues/q", "{}", form.ToUpperInvariant())).Error(400));
        Assert.Equal(201, (await Door.Client.SendAsync("PUT", "/v2/queues/q", null, form)).Status);
        Assert.Equal(201, (await Door.Client.SendAsync("PUT", "/v2/queues/r", "{}", "text/plain")).Status);
    }

    [ContractTheory]
    [InlineData("HEAD", "/v2/queues/q")]
    [InlineData("POST", "/v2/queues/q")]
    [InlineData("PUT", "/v2/queues/q/messages")]
    [InlineData("GET", "/v2/queues/q/claims")]
    [InlineData("DELETE", "/v2/queues/q/claims")]
    [InlineData("PATCH", "/v2/queues/q/messages/a")]
    [InlineData("DELETE", "/v2/queues")]
    [InlineData("E", "/v2/queues/q")]
    public async Task A_method_that_means_nothing_is_answered_with_those_that_do(string method, string path)
    {
        var answer = await Door.Client.SendAsync(method, path);
        Assert.Equal(405, answer.Status);
        var options = await SendAsync("OPTIONS", path);
        Assert.Equal((200, answer.Allow), (options.Status, options.Allow));
        Assert.NotNull(answer.Allow);
        Assert.DoesNotContain(method, answer.Allow.Split(", "));
    }

    [ContractTheory]
    [InlineData("/v2")]
    [InlineData("/v3/queues")]
    [InlineData("/v2/queues/")]
    [InlineData("/v2/queues/q/")]
    [InlineData("/v2/queues/q/messages/")]
    [InlineData("/v2/queues/q/messages/a/b")]
    [InlineData("/v2/queues/q/metadata")]
    [InlineData("/v2/queues/q/stats/a")]
    [InlineData("/v2/ping/")]
    public async Task An_unknown_path_is_not_found(string path) => Assert.Equal("404 Not Found", (await Door.Client.GetAsync(path)).Error(404));

    private Task<ZaqarAnswer> SendAsync(string method, string path, params (string, string)[] headers) =>
        Door.Client.SendAsync(method, path, withHeaders: false, headers: headers);
}
