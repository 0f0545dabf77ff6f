using Mesh.Protocols.Http.Zaqar.Delivery.Mail;
using Mesh.Protocols.Http.Zaqar.Subscriptions;

namespace Mesh.Protocols.Http.Zaqar.Delivery;

/// <summary>The senders, one for each kind of subscriber. Thread-safe.</summary>
internal sealed class SenderChoice(ZaqarOptions options, ISender sockets, TimeProvider clock) : IDisposable
{
    private readonly WebhookSender _webhooks = new(options, options.WebhooksMayBePrivate ? null : AddressGuard.Public);
    private readonly MailSender _mail = new(options, clock);

    public ISender For(Subscription subscription) =>
        SubscriberUri.IsSocket(subscription.Subscriber, out _) ? sockets : SubscriberUri.IsMail(subscription.Subscriber, out _) ? _mail : _webhooks;

    public void Dispose() => _webhooks.Dispose();
}
