using System.Text.Json;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar.Conformance;

/// <summary>One client that speaks one version. A path without a slash before it is below that version's queues.</summary>
public sealed class VersionCaller(ZaqarCaller caller, string version)
{
    public string Version { get; } = version;

    /// <summary>The version in which lists are bare, empty pages have no content, and queues must be made first.</summary>
    public bool IsFirst => Version == "v1";

    public string Path(string path) => path.StartsWith('/') ? path : path.Length == 0 ? $"/{Version}/queues" : path[0] == '?' ? $"/{Version}/queues{path}" : $"/{Version}/queues/{path}";

    public Task<ZaqarAnswer> GetAsync(string path) => caller.GetAsync(Path(path));

    public Task<ZaqarAnswer> DeleteAsync(string path) => caller.DeleteAsync(Path(path));

    public Task<ZaqarAnswer> PutAsync(string path, string? json = null) => caller.PutAsync(Path(path), json);

    public Task<ZaqarAnswer> PostAsync(string path, string? json = null) => caller.PostAsync(Path(path), json);

    public Task<ZaqarAnswer> PatchAsync(string path, string? json) => caller.PatchAsync(Path(path), json);

    public Task<ZaqarAnswer> SendAsync(string method, string path, string? json = null, string type = "application/json", bool withHeaders = true, params (string Name, string Value)[] headers) =>
        caller.SendAsync(method, Path(path), json, type, withHeaders, headers);

    /// <summary>What a post of these messages looks like in this version.</summary>
    public string Messages(string messages) => IsFirst ? $"[{messages}]" : $$"""{"messages":[{{messages}}]}""";

    public Task<ZaqarAnswer> PostMessagesAsync(string queue, string messages) => PostAsync($"{queue}/messages", Messages(messages));

    /// <summary>Makes the queue, and posts messages whose bodies are the numbers from 0.</summary>
    /// <returns>Their paths.</returns>
    public async Task<string[]> PostNumbersAsync(string queue, int count, int ttl = 300)
    {
        await PutAsync(queue);
        var answer = await PostMessagesAsync(queue, string.Join(',', Enumerable.Range(0, count).Select(n => $$"""{"ttl":{{ttl}},"body":{{n}}}""")));
        return Resources(answer);
    }

    public static string[] Resources(ZaqarAnswer answer) => [.. answer.Json(201).GetProperty("resources").EnumerateArray().Select(each => each.GetString()!)];

    public Task<ZaqarAnswer> ClaimAsync(string queue, string query = "", int ttl = 300, int grace = 100) =>
        PostAsync($"{queue}/claims{query}", $$"""{"ttl":{{ttl}},"grace":{{grace}}}""");

    /// <summary>The messages of any answer that has some: in an object, bare, or none in an answer without content.</summary>
    public JsonElement[] List(ZaqarAnswer answer)
    {
        if (answer.Status == 204) return [];
        var json = answer.Json(answer.Status);
        return [.. (json.ValueKind == JsonValueKind.Array ? json : json.GetProperty("messages")).EnumerateArray()];
    }

    public IEnumerable<int> Numbers(ZaqarAnswer answer) => List(answer).Select(each => each.GetProperty("body").GetInt32());

    public string[] Hrefs(ZaqarAnswer answer) => [.. List(answer).Select(each => each.GetProperty("href").GetString()!)];

    /// <summary>A page of messages or queues with nothing on it, as this version says that.</summary>
    public void AssertEmpty(ZaqarAnswer answer, string list = "messages")
    {
        Assert.Equal(IsFirst ? 204 : 200, answer.Status);
        if (IsFirst) Assert.Empty(answer.Body);
        else Assert.Equal($$"""{"{{list}}":[],"links":[]}""", answer.Body);
    }

    /// <summary>Follows the links of a list from a page on.</summary>
    /// <returns>The pages, without the empty one at the end.</returns>
    public async Task<List<ZaqarAnswer>> PagesAsync(string path, string list = "messages")
    {
        var pages = new List<ZaqarAnswer>();
        for (var page = await GetAsync(path); ; page = await GetAsync(page.Next()!))
        {
            if (page.Status == 204 || page.Json().GetProperty(list).GetArrayLength() == 0)
            {
                AssertEmpty(page, list);
                return pages;
            }

            pages.Add(page);
        }
    }
}
