using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mesh.Protocols.Http.Zaqar.Signing;
using Mesh.Protocols.Http.Zaqar.Subscriptions;

namespace Mesh.Protocols.Http.Zaqar.Delivery;

/// <summary>What a subscriber is asked to confirm: with what comes in it, a subscriber without rights of its own can agree or refuse (Zaqar specification, section 1.11). Thread-safe.</summary>
internal sealed class ConfirmationNote(SigningSecret secret, TimeProvider clock)
{
    /// <summary>Keys of records that stand for a note that is written when it is delivered: its signature must not be old.</summary>
    public static ReadOnlySpan<byte> SubscribeKey => "subscribe"u8;

    public static ReadOnlySpan<byte> UnsubscribeKey => "unsubscribe"u8;

    private static readonly TimeSpan SignedFor = TimeSpan.FromDays(1);

    /// <param name="subscription">Whose.</param>
    /// <param name="isUnsubscription">It has just been refused, which can be taken back.</param>
    /// <param name="cancel">Ends the call.</param>
    public async ValueTask<ReadOnlyMemory<byte>> WriteAsync(Subscription subscription, bool isUnsubscription, CancellationToken cancel)
    {
        var path = $"{ApiVersion.V2.Paths.OfSubscription(subscription.Queue.Name, subscription.Id)}/confirm";
        var expires = (clock.GetUtcNow() + SignedFor).ToString(UrlSignature.TimeForm, CultureInfo.InvariantCulture);
        var allowed = new UrlSignature(path, "PUT", subscription.Queue.Project, expires);
        var signature = allowed.Sign(await secret.GetAsync(cancel).ConfigureAwait(false));
        var bytes = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("Message_Type"u8, isUnsubscription ? "UnsubscribeConfirmation"u8 : "SubscriptionConfirmation"u8);
        json.WriteString("Message"u8, isUnsubscription
            ? $"You have unsubscribed from the queue {subscription.Queue.Name}. To subscribe again, send the SubscribeBody as below."
            : $"You have been subscribed to the queue {subscription.Queue.Name}. To confirm, send a PUT request with the SubscribeBody to the path in URL-Paths, with the headers below.");
        json.WriteString(SignedUrlRules.SignatureHeader, signature);
        json.WriteString(SignedUrlRules.MethodsHeader, allowed.Methods);
        json.WriteString(SignedUrlRules.PathsHeader, path);
        json.WriteString(RequestRules.ProjectHeader, allowed.Project);
        json.WriteString(SignedUrlRules.ExpiresHeader, expires);
        WriteBody(json, "SubscribeBody", true);
        WriteBody(json, "UnsubscribeBody", false);
        json.WriteEndObject();
        await json.FlushAsync(cancel).ConfigureAwait(false);
        return bytes.WrittenMemory;
    }

    private static void WriteBody(Utf8JsonWriter json, string name, bool confirmed)
    {
        json.WriteStartObject(name);
        json.WriteBoolean("confirmed"u8, confirmed);
        json.WriteEndObject();
    }
}
