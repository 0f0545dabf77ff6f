using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Mesh.Protocols.Http.Rse.Tokens;

/// <summary>
/// Tokens that another service puts into memcached, as the original reads them: a token is valid while an entry is there, whatever its value. With several
/// servers each is asked until one has it, so that any way of spreading keys over them will do. Thread-safe.
/// </summary>
/// <param name="servers">Host and port of each; from 1.</param>
/// <param name="clock">How long a found token is good without asking again.</param>
public sealed class MemcachedTokens(IReadOnlyList<DnsEndPoint> servers, TimeProvider clock) : ITokenStore
{
    /// <summary>Longest key that memcached takes, in bytes.</summary>
    public const int KeyBytesMax = 250;

    /// <summary>How long a server may take to answer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>A token that was found is good for this long, so that a busy client costs no question a request.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);

    private static readonly SearchValues<char> NoKey = SearchValues.Create([.. Enumerable.Range(0, 33).Append(127).Select(each => (char)each)]);

    private readonly MemcachedServer[] _servers = [.. servers.Select(each => new MemcachedServer(each))];
    private readonly RecentKeys _found = new(KeptFor, clock);

    public async ValueTask<bool> HoldsAsync(string key, CancellationToken cancel = default)
    {
        if (key.Length is 0 or > KeyBytesMax || key.AsSpan().ContainsAny(NoKey) || !Ascii(key)) return false;
        if (_found.Contains(key)) return true;
        TokenStoreException? unknown = null;
        foreach (var server in _servers)
        {
            try
            {
                if (!await AskAsync(server, key, cancel).ConfigureAwait(false)) continue;
                _found.Add(key);
                return true;
            }
            catch (TokenStoreException failure)
            {
                unknown = failure;
            }
        }

        return unknown is null ? false : throw unknown;
    }

    private static bool Ascii(string key) => System.Text.Ascii.IsValid(key);

    private static async ValueTask<bool> AskAsync(MemcachedServer server, string key, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Timeout);
        try
        {
            return await server.HoldsAsync(key, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or IOException || (failure is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new TokenStoreException($"memcached at {server} does not answer: {failure.Message}", failure);
        }
    }
}
