using System.Text;
using System.Text.Json;
using Xunit;

namespace Mesh.Protocols.Http.Tests.MeshV1;

/// <summary>An answer of mesh.v1, whole.</summary>
public sealed class MeshAnswer
{
    private MeshAnswer(int status, byte[] bytes, Dictionary<string, string> headers) => (Status, Bytes, Headers) = (status, bytes, headers);

    public int Status { get; }

    public byte[] Bytes { get; }

    /// <summary>By name without case; several values with commas between.</summary>
    public Dictionary<string, string> Headers { get; }

    public string Text => Encoding.UTF8.GetString(Bytes);

    public JsonElement Json => JsonDocument.Parse(Bytes).RootElement;

    /// <summary>The records of a page.</summary>
    public IReadOnlyList<JsonElement> Records => [.. Json.GetProperty("records").EnumerateArray()];

    public IReadOnlyList<long> Sequences => [.. Records.Select(record => record.GetProperty("sequence").GetInt64())];

    /// <summary>Bodies of a page as they stand there.</summary>
    public IReadOnlyList<string> Bodies => [.. Records.Select(record => (record.TryGetProperty("body", out var body) ? body : record.GetProperty("bodyBase64")).GetRawText())];

    public static async Task<MeshAnswer> OfAsync(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers)) headers[name] = string.Join(",", values);
        return new MeshAnswer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(), headers);
    }

    public MeshAnswer Expect(int status)
    {
        Assert.True(Status == status, $"{Status} instead of {status}: {Text}");
        return this;
    }

    /// <summary>It is a problem of this type, whose text says this.</summary>
    public void ExpectProblem(int status, string type, string says)
    {
        Expect(status);
        Assert.Equal("application/problem+json", Headers["Content-Type"]);
        Assert.Equal((status, $"urn:mesh:problem:{type}"), (Json.GetProperty("status").GetInt32(), Json.GetProperty("type").GetString()));
        Assert.Contains(says, Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
