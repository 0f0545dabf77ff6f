namespace Mesh.Protocols.Http.Rse.Tokens;

/// <summary>Keys of valid tokens in a text file, one a line. A changed file counts from the next second on. Thread-safe.</summary>
public sealed class TokenFile : ITokenStore
{
    /// <summary>Largest file read.</summary>
    public const long BytesMax = 64 * 1024 * 1024;

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly Lock _reading = new();
    private HashSet<string> _keys;
    private (DateTime WrittenAt, long Bytes) _read;
    private long _lookedAt;

    /// <exception cref="TokenStoreException">The file cannot be read.</exception>
    public TokenFile(string path, TimeProvider clock)
    {
        _path = path;
        _clock = clock;
        _keys = Read();
    }

    public ValueTask<bool> HoldsAsync(string key, CancellationToken cancel = default)
    {
        if (_clock.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= LookAgainAfter) LookAgain();
        return new(Volatile.Read(ref _keys).Contains(key));
    }

    private void LookAgain()
    {
        lock (_reading)
        {
            if (_clock.GetElapsedTime(_lookedAt) < LookAgainAfter) return;
            var file = new FileInfo(_path);
            if (file.Exists && (file.LastWriteTimeUtc, file.Length) == _read) Volatile.Write(ref _lookedAt, _clock.GetTimestamp());
            else Volatile.Write(ref _keys, Read());
        }
    }

    private HashSet<string> Read()
    {
        try
        {
            var file = new FileInfo(_path);
            if (file.Length > BytesMax) throw new TokenStoreException($"{_path} has {file.Length} bytes; at most {BytesMax} are read.");
            var read = (file.LastWriteTimeUtc, file.Length);
            var keys = File.ReadLines(_path).Where(line => line.Length > 0).ToHashSet(StringComparer.Ordinal);
            _read = read;
            Volatile.Write(ref _lookedAt, _clock.GetTimestamp());
            return keys;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new TokenStoreException($"{_path} cannot be read: {failure.Message}", failure);
        }
    }
}
