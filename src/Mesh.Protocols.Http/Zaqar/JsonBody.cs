using System.Text.Json;
using System.Text.Unicode;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>
/// Walks a JSON body from token to token under the rules all bodies share: UTF-8, bounded depth, integers of 64 bits (Zaqar specification, section 1.1).
/// Every method throws <see cref="ZaqarRefusal"/> where a rule is broken.
/// </summary>
internal ref struct JsonBody
{
    private readonly ReadOnlySpan<byte> _text;
    private Utf8JsonReader _reader;

    public JsonBody(ReadOnlySpan<byte> text, int depthMax)
    {
        if (!Utf8.IsValid(text)) throw ZaqarRefusal.Body("The body is not UTF-8.");
        _text = text;
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = depthMax });
    }

    public readonly JsonTokenType Token => _reader.TokenType;

    /// <summary>Goes to the next token.</summary>
    /// <returns>False at the end of the text.</returns>
    public bool Next()
    {
        try
        {
            if (!_reader.Read()) return false;
        }
        catch (JsonException wrong)
        {
            throw ZaqarRefusal.Body($"The body is not JSON, at line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}, or nested too deep.");
        }

        if (_reader.TokenType == JsonTokenType.Number) CheckNumber();
        return true;
    }

    /// <summary>Goes to the first token, which must open an object.</summary>
    public void BeginObject(string what)
    {
        if (!Next() || Token != JsonTokenType.StartObject) throw ZaqarRefusal.Body($"{what} must be a JSON object.");
    }

    /// <summary>Goes to the next name within an object, and then to its value.</summary>
    /// <returns>False at the end of the object.</returns>
    public bool NextName() => Next() && Token == JsonTokenType.PropertyName;

    /// <summary>True when the name under the reader is this one.</summary>
    public readonly bool NameIs(ReadOnlySpan<byte> name) => !_reader.ValueIsEscaped ? _reader.ValueSpan.SequenceEqual(name) : ReadText().AsSpan().SequenceEqual(System.Text.Encoding.UTF8.GetString(name));

    /// <summary>The name or string under the reader.</summary>
    public readonly string ReadText()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is JSON, but no text.
            throw ZaqarRefusal.Body("A name or text in the body holds half a surrogate pair.");
        }
    }

    /// <summary>The value under the reader as an integer.</summary>
    /// <returns>Null when it is something else.</returns>
    public readonly long? ReadInteger() => Token == JsonTokenType.Number && _reader.TryGetInt64(out var value) ? value : null;

    /// <summary>Walks past the value under the reader, which must be an array of strings.</summary>
    /// <param name="what">Its name, for the refusal.</param>
    public List<string> ReadTexts(string what)
    {
        if (Token != JsonTokenType.StartArray) throw ZaqarRefusal.Body($"{what} must be a JSON array of strings.");
        var texts = new List<string>();
        while (Next() && Token != JsonTokenType.EndArray)
        {
            if (Token != JsonTokenType.String) throw ZaqarRefusal.Body($"{what} must be a JSON array of strings.");
            texts.Add(ReadText());
        }

        return texts;
    }

    /// <summary>The string under the reader.</summary>
    /// <param name="what">Its name, for the refusal.</param>
    public readonly string ReadString(string what) => Token == JsonTokenType.String ? ReadText() : throw ZaqarRefusal.Body($"{what} must be a string.");

    /// <summary>Walks past the value under the reader.</summary>
    /// <returns>Its text, as it stands in the body.</returns>
    public ReadOnlySpan<byte> ReadRaw()
    {
        var start = (int)_reader.TokenStartIndex;
        Skip();
        return _text[start..(int)_reader.BytesConsumed];
    }

    /// <summary>Walks past the value under the reader.</summary>
    public void Skip()
    {
        if (Token is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        var depth = _reader.CurrentDepth;
        while (Next() && _reader.CurrentDepth > depth)
        {
        }
    }

    /// <summary>Walks to the end: nothing may follow the value.</summary>
    public void End()
    {
        while (Next())
        {
        }
    }

    private readonly void CheckNumber()
    {
        if (_reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0 && !_reader.TryGetInt64(out _))
            throw ZaqarRefusal.Body("An integer in the body does not fit 64 bits.");
    }
}
