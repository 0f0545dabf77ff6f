using System.Net.Mail;
using System.Text;
using Mesh.Protocols.Http.Zaqar.Subscriptions;
using Microsoft.AspNetCore.WebUtilities;

namespace Mesh.Protocols.Http.Zaqar.Delivery;

/// <summary>Mails messages through one SMTP server: the JSON is the text (Zaqar specification, section 1.11). Thread-safe.</summary>
internal sealed class MailSender(ZaqarOptions options) : ISender
{
    private const string SubjectDefault = "Zaqar Notification";

    public async Task<DeliveryResult> SendAsync(Subscription subscription, DeliveryOptions terms, ReadOnlyMemory<byte> note, CancellationToken cancel)
    {
        if (options.SmtpHost is not { Length: > 0 } host) return DeliveryResult.Failed("no SMTP server is set to send mail through");
        if (!SubscriberUri.IsMail(subscription.Subscriber, out var address)) return DeliveryResult.Failed("it is no mail address");
        try
        {
            using var mail = new MailMessage(terms.From ?? options.MailFrom, $"{address.UserInfo}@{address.Host}")
            {
                Subject = OneLine(terms.Subject ?? SubjectOf(address) ?? SubjectDefault),
                Body = Encoding.UTF8.GetString(note.Span),
            };
            using var smtp = new SmtpClient(host, options.SmtpPort);
            await smtp.SendMailAsync(mail, cancel).WaitAsync(options.DeliveryTimeout, cancel).ConfigureAwait(false);
            return DeliveryResult.Delivered;
        }
        catch (Exception failure) when (failure is SmtpException or FormatException or ArgumentException or TimeoutException)
        {
            return DeliveryResult.Failed(failure.Message);
        }
    }

    private static string? SubjectOf(Uri address)
    {
        foreach (var parameter in new QueryStringEnumerable(address.Query))
            if (parameter.DecodeName().Span is "subject") return parameter.DecodeValue().ToString();
        return null;
    }

    private static string OneLine(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
}
