using System.Text.Json;
using Mesh.Protocols.Http.Zaqar.Delivery;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar.Subscriptions;

/// <summary>Subscriptions of one queue (Zaqar specification, sections 1.11 and 2.4). Thread-safe.</summary>
internal sealed class SubscriptionsResource(ZaqarOptions options, SubscriptionStore store, Deliveries deliveries, TimeProvider clock)
{
    public async Task PostAsync(ZaqarRequest request)
    {
        var body = await ReadAsync(request).ConfigureAwait(false);
        if (body.Subscriber is not { } subscriber) throw ZaqarRefusal.Request("Missing parameter subscriber in body.");
        var (subscription, isNew) = await store.CreateAsync(
            request.Stream, subscriber, body.TtlSeconds ?? SubscriptionBody.TtlSecondsDefault, body.Options ?? [], confirmed: false, request.Aborted).ConfigureAwait(false);
        request.Response.Headers.Location = request.Paths.OfSubscriptions(request.QueueName);
        if (!isNew && subscription.Confirmed) throw ZaqarRefusal.Conflict($"The queue {request.QueueName} has a subscription of {subscriber} already.");
        await deliveries.AskToConfirmAsync(subscription).ConfigureAwait(false);
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        answer.Json.WriteString("subscription_id"u8, subscription.Id);
        answer.Json.WriteEndObject();
        await answer.SendAsync(request.Response, StatusCodes.Status201Created).ConfigureAwait(false);
    }

    public async Task ListAsync(ZaqarRequest request)
    {
        var query = PageQuery.Read(request.Query, options);
        var all = await store.ListAsync(request.Stream, request.Aborted).ConfigureAwait(false);
        var page = all.Where(each => string.CompareOrdinal(each.Id, query.Marker) > 0).Take(query.Limit).ToList();
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        answer.Json.WriteStartArray("subscriptions"u8);
        foreach (var each in page) each.Write(answer.Json, clock.GetUtcNow());
        answer.Json.WriteEndArray();
        if (page.Count == 0) ZaqarLinks.WriteNone(answer.Json);
        else ZaqarLinks.WriteNext(answer.Json, query.Next(request.Paths.OfSubscriptions(request.QueueName), page[^1].Id));
        answer.Json.WriteEndObject();
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    public async Task GetAsync(ZaqarRequest request)
    {
        var found = await store.FindAsync(request.Stream, request.Route.Id, request.Aborted).ConfigureAwait(false) ?? throw Missing(request);
        var answer = AnswerBuffer.Rent();
        found.Write(answer.Json, clock.GetUtcNow());
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    public async Task PatchAsync(ZaqarRequest request)
    {
        var body = await ReadAsync(request).ConfigureAwait(false);
        if (body is { Subscriber: null, TtlSeconds: null, Options: null }) throw ZaqarRefusal.Request("A change of a subscription names its subscriber, ttl or options.");
        var changed = await store.ChangeAsync(
            request.Stream,
            request.Route.Id,
            known => known with
            {
                Subscriber = body.Subscriber ?? known.Subscriber,
                TtlSeconds = body.TtlSeconds ?? known.TtlSeconds,
                Options = body.Options ?? known.Options,
                SetAt = clock.GetUtcNow(),
            },
            request.Aborted).ConfigureAwait(false);
        if (changed is null) throw Missing(request);
        request.Response.Headers.Location = request.Paths.OfSubscription(request.QueueName, request.Route.Id);
        await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    public async Task DeleteAsync(ZaqarRequest request)
    {
        await store.DeleteAsync(request.Stream, request.Route.Id, request.Aborted).ConfigureAwait(false);
        await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    /// <summary>The subscriber agrees, or does not any more.</summary>
    public async Task ConfirmAsync(ZaqarRequest request)
    {
        bool confirmed;
        using (var body = await RequestBody.ReadAsync(request.Context.Request, options.MetadataBytesMax, ZaqarRefusal.TooLarge, request.Aborted).ConfigureAwait(false))
            confirmed = ParseConfirmed(body.Span);
        var changed = await store.ChangeAsync(request.Stream, request.Route.Id, known => known with { Confirmed = confirmed }, request.Aborted).ConfigureAwait(false) ?? throw Missing(request);
        if (!confirmed) await deliveries.TellOfUnsubscriptionAsync(changed).ConfigureAwait(false);
        await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    private async ValueTask<SubscriptionBody> ReadAsync(ZaqarRequest request)
    {
        using var body = await RequestBody.ReadAsync(request.Context.Request, options.MetadataBytesMax, ZaqarRefusal.TooLarge, request.Aborted).ConfigureAwait(false);
        return SubscriptionBody.Parse(body.Span, options.JsonDepthMax);
    }

    private bool ParseConfirmed(ReadOnlySpan<byte> json)
    {
        bool? confirmed = null;
        var body = new JsonBody(json, options.JsonDepthMax);
        body.BeginObject("The body");
        while (body.NextName())
        {
            var isConfirmed = body.NameIs("confirmed"u8);
            body.Next();
            if (isConfirmed) confirmed = body.Token switch
            {
                JsonTokenType.True => true,
                JsonTokenType.False => false,
                _ => throw ZaqarRefusal.Request("The 'confirmed' should be boolean."),
            };
            body.Skip();
        }

        body.End();
        return confirmed ?? throw ZaqarRefusal.Request("The 'confirmed' should be boolean.");
    }

    private static ZaqarRefusal Missing(ZaqarRequest request) =>
        ZaqarRefusal.NotFound($"The queue {request.QueueName} has no subscription {request.Route.Id}; it may have expired or been deleted.");
}
