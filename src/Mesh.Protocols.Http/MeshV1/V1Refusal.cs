using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.MeshV1;

/// <summary>A request that is not done, with the problem it is answered with (RFC 9457).</summary>
/// <param name="status">HTTP status code.</param>
/// <param name="problem">The last word of the problem's type, for programs.</param>
/// <param name="detail">What was wrong, the value seen, and what would be right.</param>
/// <param name="retryAfter">When to try again; null says nothing.</param>
internal sealed class V1Refusal(int status, string problem, string detail, TimeSpan? retryAfter = null) : Exception(detail)
{
    public int Status { get; } = status;

    public string Problem { get; } = problem;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Something in the request has the wrong form.</summary>
    public static V1Refusal Invalid(string detail) => new(StatusCodes.Status400BadRequest, "invalid-request", detail);

    public static V1Refusal InvalidAddress(string detail) => new(StatusCodes.Status400BadRequest, "invalid-address", detail);

    public static V1Refusal NoSuchStream(string address) =>
        new(StatusCodes.Status404NotFound, "no-such-stream", $"There is no stream {address}. Create it with PUT, or by the first record posted to it.");

    public static V1Refusal NotFound(string detail) => new(StatusCodes.Status404NotFound, "not-found", detail);

    public static V1Refusal Conflict(string detail) => new(StatusCodes.Status409Conflict, "conflict", detail);

    /// <summary>What the door's map of errors found.</summary>
    public static V1Refusal Of(in HttpFailure failure) => new(failure.Status, WordOf(failure.Status), failure.Message, failure.RetryAfter);

    private static string WordOf(int status) => status switch
    {
        StatusCodes.Status404NotFound => "no-such-stream",
        StatusCodes.Status403Forbidden or StatusCodes.Status409Conflict => "conflict",
        StatusCodes.Status413PayloadTooLarge => "too-large",
        StatusCodes.Status429TooManyRequests => "busy",
        StatusCodes.Status503ServiceUnavailable => "unavailable",
        _ => "invalid-request",
    };
}
