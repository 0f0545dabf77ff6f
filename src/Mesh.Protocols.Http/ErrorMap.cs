using System.Diagnostics;
using Mesh.Protocols.Http.Rse.Tokens;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http;

/// <summary>What a request is answered with that did not do what was asked; each protocol of this door puts it in its own form.</summary>
/// <param name="Status">HTTP status code.</param>
/// <param name="Message">What was wrong and what to do, for a person.</param>
/// <param name="RetryAfter">When to try again, for the header of that name; null says nothing.</param>
internal readonly record struct HttpFailure(int Status, string Message, TimeSpan? RetryAfter = null)
{
    /// <summary>The value of a Retry-After header: whole seconds, at least 1.</summary>
    public int? RetryAfterSeconds => RetryAfter is { } wait ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : null;
}

/// <summary>The only place of this door that knows both the outcomes of the mesh and the status codes of HTTP.</summary>
internal static class ErrorMap
{
    private static readonly TimeSpan StorageRetry = TimeSpan.FromSeconds(1);

    /// <returns>Null when the records are stored.</returns>
    public static HttpFailure? Of(AppendResult result) => result switch
    {
        AppendResult.Appended or AppendResult.Duplicate => null,
        AppendResult.Busy busy => new HttpFailure(
            StatusCodes.Status429TooManyRequests, "More is waiting to be stored than the server holds. Nothing was stored; try again later.", busy.RetryAfter),
        AppendResult.TooLarge large => new HttpFailure(
            StatusCodes.Status413PayloadTooLarge, $"What is posted at once may take at most {large.SegmentBytesMax} bytes. Nothing was stored; post less."),
        AppendResult.NoSuchStream => new HttpFailure(StatusCodes.Status404NotFound, "It does not exist. Create it first."),
        AppendResult.IdNotGreater refused => new HttpFailure(
            StatusCodes.Status409Conflict, $"The id is not greater than {refused.Last}, the last one. Nothing was stored."),
        _ => throw new UnreachableException($"No HTTP status for {result}."),
    };

    /// <returns>Null when the record is gone.</returns>
    public static HttpFailure? Of(AckResult result) => result switch
    {
        AckResult.Deleted => null,
        AckResult.HeldByOther => new HttpFailure(StatusCodes.Status403Forbidden, "A claim holds the message; name that claim, or wait until it expires."),
        AckResult.ClaimExpired => new HttpFailure(StatusCodes.Status400BadRequest, "There is no such claim; it may have expired or been released. The message stays."),
        AckResult.NotClaimed => new HttpFailure(StatusCodes.Status400BadRequest, "The message is not claimed; delete it without naming a claim."),
        _ => throw new UnreachableException($"No HTTP status for {result}."),
    };

    /// <returns>Null when it was done.</returns>
    public static HttpFailure? Of(PoolChange change) => change switch
    {
        PoolChange.Done => null,
        PoolChange.UriTaken taken => new HttpFailure(StatusCodes.Status409Conflict, $"Pool {taken.Pool} is at this uri already."),
        PoolChange.Unusable unusable => new HttpFailure(StatusCodes.Status400BadRequest, $"The server cannot connect to a store for the pool there: {unusable.Reason}."),
        PoolChange.HoldsQueues holds => new HttpFailure(StatusCodes.Status403Forbidden, $"The pool holds queues, such as {holds.First.Name} of project {holds.First.Project}. Delete them first."),
        PoolChange.InFlavor named => new HttpFailure(StatusCodes.Status403Forbidden, $"Flavor {named.Flavor} names the pool. Change or delete the flavor first."),
        PoolChange.NoSuchPool missing => new HttpFailure(StatusCodes.Status400BadRequest, $"There is no pool {missing.Pool}. Add it first."),
        _ => throw new UnreachableException($"No HTTP status for {change}."),
    };

    /// <returns>Null when the exception is a fault of ours, and so a 500 that is logged.</returns>
    public static HttpFailure? Of(Exception failure) => failure switch
    {
        StorageUnavailableException => new HttpFailure(
            StatusCodes.Status503ServiceUnavailable, "Storage does not answer at the moment. Try again later.", StorageRetry),
        StreamFencedException => new HttpFailure(
            StatusCodes.Status503ServiceUnavailable, "It has just moved to another server. Try again.", StorageRetry),
        TokenStoreException => new HttpFailure(
            StatusCodes.Status503ServiceUnavailable, "It cannot be found out at the moment which tokens are valid. Try again later.", StorageRetry),
        BadHttpRequestException bad => new HttpFailure(bad.StatusCode, bad.Message),
        _ => null,
    };
}
