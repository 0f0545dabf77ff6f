using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Answers without content, and errors (Zaqar specification, section 1.1).</summary>
internal static class ZaqarAnswers
{
    /// <summary>A status and nothing more.</summary>
    public static Task EmptyAsync(HttpResponse response, int status)
    {
        response.StatusCode = status;
        if (status != StatusCodes.Status204NoContent) response.ContentLength = 0;
        return Task.CompletedTask;
    }

    public static Task RefuseAsync(HttpResponse response, ZaqarRefusal refusal) => FailAsync(response, refusal.Status, refusal.Title, refusal.Description);

    /// <summary>Says in this protocol's words what the door's map of errors found.</summary>
    public static Task FailAsync(HttpResponse response, in HttpFailure failure)
    {
        if (failure.RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return failure.Status switch
        {
            StatusCodes.Status503ServiceUnavailable => FailAsync(response, failure.Status, "Service temporarily unavailable", "It cannot be done now. Please try again in a few seconds."),
            StatusCodes.Status429TooManyRequests => FailAsync(response, failure.Status, "Too many requests", failure.Message),
            StatusCodes.Status403Forbidden => FailAsync(response, failure.Status, "Unable to delete", failure.Message),
            StatusCodes.Status404NotFound => FailAsync(response, failure.Status, "Not found", failure.Message),
            StatusCodes.Status409Conflict => FailAsync(response, failure.Status, "Resource conflict", failure.Message),
            _ => FailAsync(response, StatusCodes.Status400BadRequest, "Invalid API request", failure.Message),
        };
    }

    public static Task FailAsync(HttpResponse response, int status, string title, string? description)
    {
        response.Headers.Vary = "Accept";
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        answer.Json.WriteString("title"u8, title);
        if (description is not null) answer.Json.WriteString("description"u8, description);
        answer.Json.WriteEndObject();
        return answer.SendAsync(response, status);
    }
}
