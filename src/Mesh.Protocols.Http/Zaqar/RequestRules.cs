using System.Buffers;
using Mesh.Protocols.Http.Zaqar.Addresses;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>What every request must keep, checked in the order that decides which error wins (Zaqar specification, section 1.1).</summary>
internal static class RequestRules
{
    private const int QueueNameCharsMax = 64;
    private const int ProjectCharsMax = 256;
    private const string ClientIdHeader = "Client-ID";
    public const string ProjectHeader = "X-Project-ID";
    private const string RolesHeader = "X-Roles";

    private static readonly SearchValues<char> NameChars = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    /// <exception cref="ZaqarRefusal">A rule is broken.</exception>
    public static ZaqarRequest Check(HttpContext context, in ZaqarRoute route, ZaqarOptions options, StreamsByAddress streams)
    {
        var headers = context.Request.Headers;
        CheckContentType(context);
        CheckAccept(headers.Accept.ToString());
        if (route.Resource == ZaqarResource.Versions) return new ZaqarRequest(context, route, "", "");
        var clientId = ReadClientId(headers[ClientIdHeader].ToString(), route.Version, options);
        var project = ReadProject(headers[ProjectHeader], route.Version);
        CheckProject(project);
        var request = new ZaqarRequest(context, route, project, clientId);
        if (route.Queue.Length > 0) request = streams.Find(request);
        if (request.Addressed is null && route.Queue.Length > 0) CheckQueue(request.QueueName);
        return request;
    }

    public static ZaqarRefusal NoClientId() =>
        ZaqarRefusal.BadRequest("Missing header value", $"The {ClientIdHeader} header is needed: a UUID that tells this client from others.");

    /// <summary>Whoever asks must say that it is an admin; nobody is authenticated, so that is believed.</summary>
    /// <exception cref="ZaqarRefusal">It does not say so.</exception>
    public static void RequireAdmin(HttpContext context)
    {
        foreach (var role in context.Request.Headers[RolesHeader].ToString().Split(',', StringSplitOptions.TrimEntries))
            if (role.Equals("admin", StringComparison.OrdinalIgnoreCase)) return;
        throw new ZaqarRefusal(StatusCodes.Status403Forbidden, "Not authorized", $"Only admins may do this: the {RolesHeader} header must name the role admin.");
    }

    /// <summary>True for what may name a queue.</summary>
    public static bool IsQueueName(string name) => name.Length is > 0 and <= QueueNameCharsMax && !name.AsSpan().ContainsAnyExcept(NameChars);

    /// <exception cref="ZaqarRefusal">It names nothing.</exception>
    public static void CheckName(string name, string what)
    {
        if (!IsQueueName(name)) throw ZaqarRefusal.Request($"The name of a {what} has 1 to {QueueNameCharsMax} characters, of letters, digits, '_', '-' and '.'.");
    }

    private static void CheckContentType(HttpContext context)
    {
        if (!string.Equals(context.Request.ContentType, "application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)) return;
        if (context.Request.ContentLength != 0 && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
            throw ZaqarRefusal.BadRequest("Invalid Content-Type", "The body must be JSON; its Content-Type says that it is a form. Send application/json.");
    }

    private static void CheckAccept(string accept)
    {
        if (accept is "" or "application/json" or "*/*") return;
        if (MediaTypeHeaderValue.TryParseList([accept], out var types))
        {
            foreach (var type in types)
                if (type.Quality is not 0 && (type.MatchesAllTypes || (type.Type == "application" && (type.MatchesAllSubTypes || type.SubType == "json")))) return;
        }

        throw new ZaqarRefusal(StatusCodes.Status406NotAcceptable, "Not acceptable", $"Answers are application/json; the Accept header asks for '{accept}'.");
    }

    /// <returns>One spelling for all spellings of a UUID; empty when it is missing and may be.</returns>
    private static string ReadClientId(string text, ApiVersion version, ZaqarOptions options)
    {
        if (text.Length == 0) return version.HeadersAreOptional ? "" : throw NoClientId();
        if (options.ClientIdsAreUuids) return ReadUuid(text).ToString();
        return text.Length >= options.ClientIdCharsMin && text.Length <= options.ClientIdCharsMax
            ? text
            : throw ZaqarRefusal.BadRequest(
                "Wrong header value", $"The {ClientIdHeader} header must have {options.ClientIdCharsMin} to {options.ClientIdCharsMax} characters; it has {text.Length}.");
    }

    /// <summary>Takes what Python's uuid.UUID takes: 32 hexadecimal digits, with dashes, braces and urn:uuid: left aside.</summary>
    private static Guid ReadUuid(string text)
    {
        if (Guid.TryParseExact(text, "D", out var id) || Guid.TryParseExact(text, "N", out id)) return id;
        var digits = text.Replace("urn:", "", StringComparison.Ordinal).Replace("uuid:", "", StringComparison.Ordinal).Trim('{', '}').Replace("-", "", StringComparison.Ordinal);
        return Guid.TryParseExact(digits, "N", out id)
            ? id
            : throw ZaqarRefusal.BadRequest("Wrong UUID value", $"The {ClientIdHeader} header must be a UUID; it is '{text}'.");
    }

    /// <returns>Empty, which is no named project's name, when it is missing and may be.</returns>
    private static string ReadProject(in StringValues header, ApiVersion version) => header switch
    {
        [] when version.HeadersAreOptional => "",
        [""] => throw ZaqarRefusal.BadRequest("Empty project header not allowed", $"The {ProjectHeader} header is empty; it must name a project."),
        [{ } only] => only,
        _ => throw ZaqarRefusal.BadRequest("Project-Id Missing", $"The {ProjectHeader} header is needed, once: the project whose queues are meant."),
    };

    private static void CheckQueue(string queue)
    {
        if (!IsQueueName(queue))
            throw ZaqarRefusal.BadRequest("Invalid queue identification", $"A queue's name has 1 to {QueueNameCharsMax} characters, of letters, digits, '_', '-' and '.'.");
    }

    private static void CheckProject(string project)
    {
        if (project.Length > ProjectCharsMax)
            throw ZaqarRefusal.BadRequest("Invalid queue identification", $"A project's name has at most {ProjectCharsMax} characters; this one has {project.Length}.");
        foreach (var letter in project)
            if (char.IsControl(letter)) throw ZaqarRefusal.BadRequest("Invalid queue identification", "A project's name holds no control characters.");
    }
}
