using System.Net.Sockets;
using System.Security.Authentication;
using Mesh.Protocols.Http.Zaqar.Subscriptions;
using Microsoft.AspNetCore.WebUtilities;

namespace Mesh.Protocols.Http.Zaqar.Delivery.Mail;

/// <summary>Mails messages through one SMTP server: the JSON is the text (Zaqar specification, section 1.11). Thread-safe.</summary>
/// <param name="options">Time limit, and the server; without one nothing is sent.</param>
/// <param name="clock">For the mails' dates.</param>
internal sealed class MailSender(ZaqarOptions options, TimeProvider clock) : ISender
{
    private const string SubjectDefault = "Zaqar Notification";

    private readonly SmtpDelivery? _delivery = options.Smtp is { } smtp ? new SmtpDelivery(smtp) : null;

    public async Task<DeliveryResult> SendAsync(Subscription subscription, DeliveryOptions terms, ReadOnlyMemory<byte> note, CancellationToken cancel)
    {
        if (_delivery is null) return DeliveryResult.Failed("no SMTP server is set to send mail through");
        if (!SubscriberUri.IsMail(subscription.Subscriber, out var uri)) return DeliveryResult.Failed("it is no mail address");
        if (!MailText.TryParseAddress($"{Uri.UnescapeDataString(uri.UserInfo)}@{uri.IdnHost}", out var to)) return DeliveryResult.Failed("it is no mail address of ASCII letters");
        if (!MailText.TryParseAddress(terms.From ?? options.Smtp!.From, out var from)) return DeliveryResult.Failed($"the sender '{terms.From}' is no mail address of ASCII letters");
        var text = MailText.Write(from, to.Address, terms.Subject ?? SubjectOf(uri) ?? SubjectDefault, note.Span, clock.GetUtcNow());
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        end.CancelAfter(options.DeliveryTimeout);
        try
        {
            await _delivery.SendAsync(from.Address, to.Address, text, end.Token).ConfigureAwait(false);
            return DeliveryResult.Delivered;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return DeliveryResult.Failed($"the mail server {options.Smtp} did not take it within {options.DeliveryTimeout.TotalSeconds:0} s");
        }
        catch (Exception failure) when (failure is SmtpException or IOException or SocketException or AuthenticationException)
        {
            return DeliveryResult.Failed($"the mail server {options.Smtp} did not take it: {failure.Message}");
        }
    }

    private static string? SubjectOf(Uri address)
    {
        foreach (var parameter in new QueryStringEnumerable(address.Query))
            if (parameter.DecodeName().Span is "subject") return parameter.DecodeValue().ToString();
        return null;
    }
}
