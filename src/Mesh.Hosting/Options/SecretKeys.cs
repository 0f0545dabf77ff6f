namespace Mesh.Hosting.Options;

/// <summary>Keys that only this process and its peers may know: given by where they stand, as a <see cref="Secret"/>, and never shown.</summary>
public sealed record SecretKeys
{
    private SecretKeys(IReadOnlyList<byte[]> keys) => Keys = keys;

    /// <summary>In the order given; at least one.</summary>
    public IReadOnlyList<byte[]> Keys { get; }

    /// <summary>Reads keys of so many bytes in base64, joined by commas.</summary>
    /// <returns>Null for <c>off</c>.</returns>
    /// <exception cref="FormatException">What is wrong; no key is in it.</exception>
    public static SecretKeys? Parse(string text, int bytes)
    {
        if (Secret.Parse(text) is not { } secret) return null;
        var texts = secret.Value.Split(',');
        return new SecretKeys([.. texts.Select((each, i) => Decode(each.Trim(), bytes)
            ?? throw new FormatException($"key {i + 1} of {texts.Length} there is not {bytes} bytes in base64; openssl rand -base64 {bytes} makes one"))]);
    }

    public override string ToString() => "(secret)";

    private static byte[]? Decode(string text, int bytes)
    {
        var key = new byte[bytes];
        return Convert.TryFromBase64String(text, key, out var length) && length == bytes ? key : null;
    }
}
