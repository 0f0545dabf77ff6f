using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Mesh.Protocols.Http.Zaqar.Subscriptions;

namespace Mesh.Protocols.Http.Zaqar.Delivery;

/// <summary>Calls webhooks: one POST a message (Zaqar specification, section 1.11). Thread-safe.</summary>
internal sealed class WebhookSender : ISender, IDisposable
{
    /// <summary>In place of which <c>post_data</c> takes the message.</summary>
    private const string MessageMark = "\"$zaqar_message$\"";

    private const int RedirectsMax = 5;
    private const int ConnectionsPerHostMax = 64;

    private readonly HttpClient _http;

    /// <param name="options">Time limits.</param>
    /// <param name="guard">Judges where a connection may go; null lets all pass.</param>
    public WebhookSender(ZaqarOptions options, AddressGuard? guard)
    {
        // A proxy would connect in our place, beyond the guard.
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            MaxAutomaticRedirections = RedirectsMax,
            MaxConnectionsPerServer = ConnectionsPerHostMax,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            ConnectCallback = guard is null ? null : guard.ConnectAsync,
        };
        _http = new HttpClient(handler) { Timeout = options.DeliveryTimeout, MaxResponseContentBufferSize = 64 * 1024 };
    }

    /// <summary>Every answer below 500 says that it has arrived.</summary>
    public async Task<DeliveryResult> SendAsync(Subscription subscription, DeliveryOptions options, ReadOnlyMemory<byte> note, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, subscription.Subscriber);
        request.Content = new ReadOnlyMemoryContent(Body(options, note));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in options.Headers)
        {
            if (request.Headers.TryAddWithoutValidation(name, value)) continue;
            request.Content.Headers.Remove(name);
            request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
            return response.StatusCode < HttpStatusCode.InternalServerError ? DeliveryResult.Delivered : DeliveryResult.Failed($"it answered {(int)response.StatusCode}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return DeliveryResult.Failed($"it did not answer within {_http.Timeout.TotalSeconds:0} s");
        }
        catch (Exception failure) when (failure is HttpRequestException or NotSupportedException or InvalidOperationException or UriFormatException)
        {
            return DeliveryResult.Failed(failure.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    private static ReadOnlyMemory<byte> Body(DeliveryOptions options, ReadOnlyMemory<byte> note) =>
        options.PostData is { } template ? Encoding.UTF8.GetBytes(template.Replace(MessageMark, Encoding.UTF8.GetString(note.Span), StringComparison.Ordinal)) : note;
}
