using System.Text.Json;

namespace Mesh.Protocols.Http.MeshV1;

/// <summary>The members of the object that is a request's body. What is unknown is refused. Not thread-safe.</summary>
internal sealed class V1Fields : IDisposable
{
    private const int BytesMax = 256 * 1024;
    private const int SequencesMax = 1000;

    private readonly JsonDocument? _body;

    private V1Fields(JsonDocument? body) => _body = body;

    /// <param name="request">Its body may be missing: then it says nothing.</param>
    /// <param name="known">Members that there may be.</param>
    /// <exception cref="V1Refusal">It is no object, or has others.</exception>
    public static async ValueTask<V1Fields> ReadAsync(V1Request request, params string[] known)
    {
        var body = await V1Body.ReadJsonAsync(request.Http, BytesMax, request.Aborted).ConfigureAwait(false);
        if (body is null) return new V1Fields(null);
        if (body.RootElement.ValueKind != JsonValueKind.Object) throw V1Refusal.Invalid($"The body is an object with the members {string.Join(", ", known)}, each of them optional.");
        foreach (var member in body.RootElement.EnumerateObject())
            if (!known.Contains(member.Name)) throw V1Refusal.Invalid($"{member.Name} is unknown here; known are {string.Join(", ", known)}.");
        return new V1Fields(body);
    }

    /// <returns>Null where it is missing or null.</returns>
    public string? Text(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => throw V1Refusal.Invalid($"{name} must be a string; it is {value.GetRawText()}."),
    };

    /// <returns>Null where it is missing or null.</returns>
    public long? Number(string name, long least, long most) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var number) && number >= least && number <= most => number,
        { } value => throw V1Refusal.Invalid($"{name} must be a whole number of {least} to {most}; it is {value.GetRawText()}."),
    };

    /// <returns>Null where it is missing or null.</returns>
    public TimeSpan? Seconds(string name, decimal least, decimal most) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetDecimal(out var seconds) && seconds >= least && seconds <= most => TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond)),
        { } value => throw V1Refusal.Invalid($"{name} must be a number of {least} to {most} seconds; it is {value.GetRawText()}."),
    };

    /// <returns>Null where it is missing or null.</returns>
    public bool? Flag(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw V1Refusal.Invalid($"{name} must be true or false; it is {value.GetRawText()}."),
    };

    /// <returns>Null where it is missing or null.</returns>
    public IReadOnlyList<Sequence>? Sequences(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is 0 or > SequencesMax) throw Wrong();
        var sequences = new List<Sequence>();
        foreach (var each in value.EnumerateArray())
            sequences.Add(each.ValueKind == JsonValueKind.Number && each.TryGetInt64(out var number) && number >= 1 ? new Sequence(number) : throw Wrong());
        return sequences;

        V1Refusal Wrong() => V1Refusal.Invalid($"{name} must be an array of 1 to {SequencesMax} sequences, whole numbers from 1 on.");
    }

    public void Dispose() => _body?.Dispose();

    private JsonElement? Find(string name) =>
        _body is not null && _body.RootElement.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
