using System.Text.Json;
using Xunit;

namespace Mesh.Protocols.Http.Tests.Zaqar;

/// <summary>What a client got.</summary>
/// <param name="Status">Status code.</param>
/// <param name="Location">Location header, or null.</param>
/// <param name="Allow">Allow header, or null.</param>
/// <param name="RetryAfter">Retry-After header in seconds, or null.</param>
/// <param name="Type">Content-Type header, or null.</param>
/// <param name="ContentLocation">Content-Location header, or null.</param>
/// <param name="Body">The body as text.</param>
public sealed record ZaqarAnswer(int Status, string? Location, string? Allow, double? RetryAfter, string? Type, string? ContentLocation, string Body)
{
    public static async Task<ZaqarAnswer> OfAsync(HttpClient http, HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await http.SendAsync(request);
            return new ZaqarAnswer(
                (int)response.StatusCode,
                response.Headers.Location?.OriginalString,
                response.Content.Headers.Allow.Count > 0 ? string.Join(", ", response.Content.Headers.Allow) : null,
                response.Headers.RetryAfter?.Delta?.TotalSeconds,
                response.Content.Headers.ContentType?.ToString(),
                response.Content.Headers.ContentLocation?.OriginalString,
                await response.Content.ReadAsStringAsync());
        }
    }

    /// <summary>The body, of an answer that must have this status.</summary>
    public JsonElement Json(int status = 200)
    {
        Assert.True(Status == status, $"Expected {status}, got {Status}: {Body}");
        using var document = JsonDocument.Parse(Body);
        return document.RootElement.Clone();
    }

    /// <summary>Title of an error, which must have this status and the form of Zaqar's errors.</summary>
    public string? Error(int status)
    {
        var error = Json(status);
        Assert.Equal("application/json", Type);
        Assert.All(error.EnumerateObject(), field => Assert.Contains(field.Name, new[] { "title", "description" }));
        return error.GetProperty("title").GetString();
    }

    public JsonElement[] Messages(int status = 200) => [.. Json(status).GetProperty("messages").EnumerateArray()];

    /// <summary>The bodies of the messages, as the text they are in the answer.</summary>
    public string[] Bodies(int status = 200) => [.. Messages(status).Select(each => each.GetProperty("body").GetRawText())];

    public string[] Hrefs(int status = 200) => [.. Messages(status).Select(each => each.GetProperty("href").GetString()!)];

    public string[] Ids(int status = 200) => [.. Messages(status).Select(each => each.GetProperty("id").GetString()!)];

    public string[] QueueNames() => [.. Json().GetProperty("queues").EnumerateArray().Select(each => each.GetProperty("name").GetString()!)];

    /// <summary>Where the next page is; null when there is no link.</summary>
    public string? Next()
    {
        var links = Json().GetProperty("links");
        if (links.GetArrayLength() == 0) return null;
        var link = Assert.Single(links.EnumerateArray());
        Assert.Equal("next", link.GetProperty("rel").GetString());
        return link.GetProperty("href").GetString();
    }

    /// <summary>Claimed, free and total of a stats answer.</summary>
    public (long Claimed, long Free, long Total) Counts()
    {
        var messages = Json().GetProperty("messages");
        return (messages.GetProperty("claimed").GetInt64(), messages.GetProperty("free").GetInt64(), messages.GetProperty("total").GetInt64());
    }
}
