using System.Text.Json;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Rse;

/// <summary>What a client got.</summary>
/// <param name="Status">Status code.</param>
/// <param name="Type">Content-Type header, or null.</param>
/// <param name="Length">Content-Length header, or null.</param>
/// <param name="RetryAfter">Retry-After header in seconds, or null.</param>
/// <param name="Body">The body as text.</param>
public sealed record Answer(int Status, string? Type, long? Length, double? RetryAfter, string Body)
{
    public static async Task<Answer> OfAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        response.Content.Headers.TryGetValues("Content-Type", out var type) ? string.Join(',', type) : null,
        response.Content.Headers.ContentLength,
        response.Headers.RetryAfter?.Delta?.TotalSeconds,
        await response.Content.ReadAsStringAsync());

    /// <summary>The container's events; the answer must be a 200 with JSON.</summary>
    public IReadOnlyList<JsonElement> Events()
    {
        Assert.Equal((200, "application/json; charset=utf-8"), (Status, Type));
        return [.. Json().GetProperty("events").EnumerateArray()];
    }

    /// <summary>Each event's data, as the text it is in the answer.</summary>
    public IEnumerable<string> Data() => Events().Select(each => each.GetProperty("data").GetRawText());

    public IEnumerable<long> Ids() => Events().Select(each => each.GetProperty("id").GetInt64());

    public string? Channel() => Json().GetProperty("channel").GetString();

    /// <summary>The text of an error; its form must be the one that RSE has.</summary>
    public string Error(int status)
    {
        Assert.Equal((status, "application/json; charset=utf-8"), (Status, Type));
        Assert.StartsWith("{ \"message\": \"", Body, StringComparison.Ordinal);
        return Json().GetProperty("message").GetString()!;
    }

    private JsonElement Json()
    {
        using var document = JsonDocument.Parse(Body);
        return document.RootElement.Clone();
    }
}
