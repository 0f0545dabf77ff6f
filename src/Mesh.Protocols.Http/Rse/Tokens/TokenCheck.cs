using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Rse.Tokens;

/// <summary>Who may come in (RSE specification, section 4). Thread-safe.</summary>
internal sealed class TokenCheck(RseOptions options)
{
    private const string Header = "X-Auth-Token";

    /// <summary>Asked by health: a key that nobody's token has.</summary>
    private const string ProbeKey = "mesh-health";

    private readonly TokenKey _key = new(options.TokenPrefix, options.TokenHashedFromChars);

    /// <returns>Why not; null to come in.</returns>
    /// <exception cref="TokenStoreException">The store cannot be asked.</exception>
    public ValueTask<HttpFailure?> RefuseAsync(HttpRequest request, RseMode mode, CancellationToken cancel)
    {
        var token = request.Headers[Header].ToString();
        if (token.Length == 0) return new(mode == RseMode.Test ? null : RseAnswers.MissingToken);

        // Without a store there is nothing to check against: in test mode a client may send what it likes, in live mode no token is known.
        if (options.Tokens is not { } store) return new(mode == RseMode.Test ? null : RseAnswers.UnknownToken);
        var found = store.HoldsAsync(_key.Of(token), cancel);
        return found.IsCompletedSuccessfully ? new(Judge(found.Result)) : JudgeAsync(found);
    }

    /// <summary>Asks the store something, so that one that is away shows.</summary>
    public async ValueTask ProbeAsync(CancellationToken cancel)
    {
        if (options.Tokens is { } store) await store.HoldsAsync(ProbeKey, cancel).ConfigureAwait(false);
    }

    private static async ValueTask<HttpFailure?> JudgeAsync(ValueTask<bool> found) => Judge(await found.ConfigureAwait(false));

    private static HttpFailure? Judge(bool isKnown) => isKnown ? null : RseAnswers.UnknownToken;
}
