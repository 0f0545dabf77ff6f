namespace Mesh.Hosting.Health;

/// <summary><c>/healthz/live</c>: the process answers. <c>/healthz/ready</c>: storage commits and the host is not stopping.</summary>
internal sealed class HealthEndpoint(StorageProbe storage, CancellationToken stopping)
{
    public static Task LiveAsync(HttpContext context) => AnswerAsync(context, StatusCodes.Status200OK, "live");

    public async Task ReadyAsync(HttpContext context)
    {
        var reason = stopping.IsCancellationRequested ? "the host is stopping" : await storage.AskAsync().ConfigureAwait(false);
        var status = reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await AnswerAsync(context, status, reason is null ? "ready" : $"not ready: {reason}").ConfigureAwait(false);
    }

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }
}
