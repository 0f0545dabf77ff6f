using Mesh.Testing.Postgres;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar.Conformance;

/// <summary>Cases 1 to 3, 6, 7 and 10.</summary>
public abstract class HeaderCases(Func<Task<ZaqarDoor>> open) : ConformanceCase(open)
{
    private const string Form = "application/x-www-form-urlencoded";

    [ContractFact]
    public async Task The_list_of_versions_needs_no_header() =>
        Assert.Equal(3, (await Door.Client.SendAsync("GET", "/", withHeaders: false)).Json(300).GetProperty("versions").GetArrayLength());

    [ContractTheory]
    [MemberData(nameof(LaterVersions))]
    public async Task Every_call_needs_a_client_id_that_is_a_uuid(string version)
    {
        (string, string) project = ("X-Project-ID", Door.Project);
        string[] paths = ["", "q", "q/messages", "q/stats", "q/claims/a", $"/{version}/", $"/{version}/ping"];
        foreach (var path in paths) Assert.Equal(400, (await In(version).SendAsync("GET", path, withHeaders: false, headers: project)).Status);
        const string uuid = "6f1c2b1e-5b0a-4a53-9c5e-0d6f2f4b7a10";
        foreach (var id in new[] { "1234", "aa2-bb3", uuid[..35], uuid + "0", "" })
            Assert.Equal(400, (await In(version).SendAsync("GET", "", withHeaders: false, headers: [project, ("Client-ID", id)])).Status);
    }

    [ContractFact]
    public async Task The_first_version_needs_a_client_id_only_to_post_and_list_and_it_must_be_a_uuid()
    {
        await In("v1").PutAsync("q");
        Assert.Equal(204, (await In("v1").SendAsync("GET", "q", withHeaders: false, headers: ("X-Project-ID", Door.Project))).Status);
        Assert.Equal(400, (await In("v1").SendAsync("GET", "q/messages", withHeaders: false, headers: ("X-Project-ID", Door.Project))).Status);
        Assert.Equal(400, (await In("v1").SendAsync("POST", "q/messages", """[{"ttl":60,"body":1}]""", withHeaders: false, headers: ("X-Project-ID", Door.Project))).Status);
        Assert.Equal(400, (await In("v1").SendAsync("GET", "q", withHeaders: false, headers: ("Client-ID", "1234"))).Status);
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task A_project_is_needed_but_in_the_first_version_and_is_never_empty(string version)
    {
        (string, string) client = ("Client-ID", Guid.NewGuid().ToString());
        Assert.Equal(In(version).IsFirst ? 201 : 400, (await In(version).SendAsync("PUT", "q", withHeaders: false, headers: client)).Status);
        Assert.Equal(400, (await In(version).SendAsync("PUT", "r", withHeaders: false, headers: [client, ("X-Project-ID", "")])).Status);
        Assert.Equal(201, (await In(version).PutAsync("q")).Status);
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task A_project_has_up_to_256_characters_of_any_kind(string version)
    {
        Assert.Equal(201, (await Another(version, new string('p', 256 - Door.Project.Length)).PutAsync("q")).Status);
        Assert.Equal(400, (await Another(version, new string('p', 257 - Door.Project.Length)).PutAsync("q")).Status);
        Assert.Equal(201, (await Another(version, " JAM Project").PutAsync("q")).Status);
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task Whoever_takes_no_json_gets_none(string version)
    {
        await In(version).PostNumbersAsync("q", 1);
        string[] paths = ["", "q", "q/messages", "q/stats", "q/claims/a", "q/messages/a"];
        foreach (var path in paths)
        {
            foreach (var accept in new[] { "plain/text", "application/xml" })
                Assert.Equal(406, (await In(version).SendAsync("GET", path, headers: ("Accept", accept))).Status);
            Assert.Equal((await In(version).GetAsync(path)).Status, (await In(version).SendAsync("GET", path, headers: ("Accept", "*/*"))).Status);
        }
    }

    [ContractTheory]
    [MemberData(nameof(EveryVersion))]
    public async Task A_form_with_a_body_is_refused(string version)
    {
        Assert.Equal("Invalid Content-Type", (await In(version).SendAsync("PUT", "q", "{}", Form)).Error(400));
        Assert.Equal(201, (await In(version).SendAsync("PUT", "q", null, Form)).Status);
    }
}
