using System.Globalization;
using Mesh.Addresses;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.MeshV1;

/// <summary>The parameters of a request. One that means nothing here is refused rather than passed over: a misspelt filter would show everything.</summary>
internal sealed class V1Query
{
    private const string TagPrefix = "tag.";
    private const int WaitSecondsMax = 60;

    private readonly IQueryCollection _query;

    /// <param name="query">Of the request.</param>
    /// <param name="known">Names that mean something here; <c>tag.</c> stands for all that begin so.</param>
    /// <exception cref="V1Refusal">Another is there, or one comes twice.</exception>
    public V1Query(IQueryCollection query, params ReadOnlySpan<string> known)
    {
        _query = query;
        foreach (var (name, values) in query)
        {
            if (name == V1Request.ProjectParameter) continue;
            var isTag = name.StartsWith(TagPrefix, StringComparison.Ordinal);
            if (!known.Contains(isTag ? TagPrefix : name)) throw V1Refusal.Invalid($"The parameter {name} means nothing here; known are {string.Join(", ", known!)}.");
            if (values.Count > 1) throw V1Refusal.Invalid($"The parameter {name} is there {values.Count} times; give it once.");
        }
    }

    public string? Text(string name) => _query.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>A whole number within bounds; null when there is none.</summary>
    /// <exception cref="V1Refusal">It is another text.</exception>
    public long? Number(string name, long least, long most)
    {
        if (Text(name) is not { } text) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw V1Refusal.Invalid($"{name} must be a whole number of {least} to {most}; it is '{text}'.");
    }

    /// <summary>How long to wait when there is nothing; zero by default.</summary>
    public TimeSpan Wait() => TimeSpan.FromSeconds(Number("wait", 0, WaitSecondsMax) ?? 0);

    public bool Flag(string name) => Text(name) switch
    {
        null or "false" => false,
        "" or "true" => true,
        var text => throw V1Refusal.Invalid($"{name} must be true or false; it is '{text}'."),
    };

    /// <summary>What <c>key</c> and <c>tag.*</c> ask for, within what the address names.</summary>
    public RecordFilter Filter(string? keyOfView)
    {
        var tags = from each in _query
                   where each.Key.StartsWith(TagPrefix, StringComparison.Ordinal)
                   select KeyValuePair.Create(each.Key[TagPrefix.Length..], each.Value.ToString());
        try
        {
            return new RecordFilter(keyOfView, Text("key"), [.. tags]);
        }
        catch (ArgumentException bound)
        {
            throw V1Refusal.Invalid(bound.Message);
        }
    }
}
