using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar.Signing;

/// <summary>Signs URLs of one queue for clients without rights of their own (Zaqar specification, section 1.12). Thread-safe.</summary>
internal sealed class ShareResource(ZaqarOptions options, SigningSecret secret, TimeProvider clock)
{
    private static readonly TimeSpan LifeDefault = TimeSpan.FromDays(1);

    public async Task PostAsync(ZaqarRequest request)
    {
        var (paths, methods, expires) = await ReadAsync(request).ConfigureAwait(false);
        var below = paths.Order(StringComparer.Ordinal).Select(path => $"{request.Paths.OfQueue(request.QueueName)}/{path}").ToList();
        methods.Sort(StringComparer.Ordinal);
        var until = expires.ToString(UrlSignature.TimeForm, CultureInfo.InvariantCulture);
        var allowed = new UrlSignature(string.Join(',', below), string.Join(',', methods), request.Project, until);
        var signature = allowed.Sign(await secret.GetAsync(request.Aborted).ConfigureAwait(false));
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        WriteList("paths", below);
        WriteList("methods", methods);
        answer.Json.WriteString("project"u8, request.Project);
        answer.Json.WriteString("expires"u8, until);
        answer.Json.WriteString("signature"u8, signature);
        answer.Json.WriteEndObject();
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);

        void WriteList(string name, List<string> texts)
        {
            answer.Json.WriteStartArray(name);
            foreach (var text in texts) answer.Json.WriteStringValue(text);
            answer.Json.WriteEndArray();
        }
    }

    private async ValueTask<(List<string> Paths, List<string> Methods, DateTimeOffset Expires)> ReadAsync(ZaqarRequest request)
    {
        using var body = await RequestBody.ReadAsync(request.Context.Request, options.MetadataBytesMax, ZaqarRefusal.TooLarge, request.Aborted).ConfigureAwait(false);
        return Parse(body.Span);
    }

    private (List<string> Paths, List<string> Methods, DateTimeOffset Expires) Parse(ReadOnlySpan<byte> json)
    {
        List<string> paths = ["messages"];
        List<string> methods = ["GET"];
        var now = clock.GetUtcNow();
        var expires = now + LifeDefault;
        var body = new JsonBody(json, options.JsonDepthMax);
        body.BeginObject("The body");
        while (body.NextName())
        {
            var name = body.ReadText();
            body.Next();
            if (name == "paths") paths = body.ReadTexts(name);
            else if (name == "methods") methods = body.ReadTexts(name);
            else if (name == "expires") expires = ReadTime(body.ReadString(name));
            else throw ZaqarRefusal.Request($"What is signed has paths, methods and expires; the body names {name}.");
        }

        body.End();
        if (expires <= now) throw ZaqarRefusal.Request("The field expires names a time that has passed.");
        foreach (var path in paths)
            if (path is not ("messages" or "subscriptions" or "claims")) throw ZaqarRefusal.Request($"The paths messages, subscriptions and claims can be signed; '{path}' cannot.");
        foreach (var method in methods)
            if (method.Length == 0 || !method.All(char.IsAsciiLetterUpper)) throw ZaqarRefusal.Request($"The field methods names methods of HTTP, such as GET; '{method}' is none.");
        return (paths, methods, expires);
    }

    private static DateTimeOffset ReadTime(string text) =>
        UrlSignature.TryParseTime(text, out var time) ? time : throw ZaqarRefusal.Request($"The field expires must be a time such as 2030-01-31T12:00:00; it is '{text}'.");
}
