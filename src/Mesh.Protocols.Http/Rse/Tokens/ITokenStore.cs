namespace Mesh.Protocols.Http.Rse.Tokens;

/// <summary>Which tokens are valid (RSE specification, section 4). Thread-safe.</summary>
public interface ITokenStore
{
    /// <param name="key">What <see cref="TokenKey"/> makes of a token.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <exception cref="TokenStoreException">The store cannot be asked.</exception>
    ValueTask<bool> HoldsAsync(string key, CancellationToken cancel = default);
}

/// <summary>It is not known which tokens are valid; the message says why.</summary>
public sealed class TokenStoreException(string message, Exception? inner = null) : Exception(message, inner);
