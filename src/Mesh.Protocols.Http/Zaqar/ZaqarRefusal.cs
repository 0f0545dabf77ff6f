using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>A request that breaks the protocol's rules, with the answer it gets (Zaqar specification, section 1.1, "Error body").</summary>
/// <param name="status">HTTP status code.</param>
/// <param name="title">What kind of error; clients and test suites know these texts.</param>
/// <param name="description">What was wrong, the value seen, and what would be right; null leaves it out.</param>
internal sealed class ZaqarRefusal(int status, string title, string? description = null) : Exception(description ?? title)
{
    public int Status { get; } = status;

    public string Title { get; } = title;

    public string? Description { get; } = description;

    /// <summary>The request means something it may not.</summary>
    public static ZaqarRefusal Request(string description) => BadRequest("Invalid API request", description);

    /// <summary>The body is not JSON, or a field of it has the wrong form.</summary>
    public static ZaqarRefusal Body(string description) => BadRequest("Invalid request body", description);

    /// <summary>A parameter of the query has the wrong form.</summary>
    public static ZaqarRefusal Parameter(string description) => BadRequest("Invalid parameter", description);

    /// <summary>The body is larger than is taken here.</summary>
    public static ZaqarRefusal TooLarge(int bytesMax) => Request($"The body may take at most {bytesMax} bytes. Nothing was stored; send less.");

    public static ZaqarRefusal BadRequest(string title, string description) => new(StatusCodes.Status400BadRequest, title, description);

    public static ZaqarRefusal NotFound(string description) => new(StatusCodes.Status404NotFound, "Not found", description);

    public static ZaqarRefusal Conflict(string description) => new(StatusCodes.Status409Conflict, "Resource conflict", description);
}
