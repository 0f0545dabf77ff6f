using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>Creates, shows, lists and deletes queues (Zaqar specification, sections 1.3, 1.7, 1.9 and 2.1). Thread-safe.</summary>
internal sealed class QueuesResource(IMesh mesh, ZaqarOptions options, QueueDirectory directory)
{
    /// <summary>Queues read from the catalogue at a time while looking for those that a filter lets through.</summary>
    private const int EntriesPerRead = 200;

    public async Task PutAsync(ZaqarRequest request)
    {
        var metadata = QueueMetadata.Empty;
        if (!request.Version.MetadataIsApart)
        {
            using var body = await RequestBody.ReadAsync(request.Context.Request, options.MetadataBytesMax, ZaqarRefusal.TooLarge, request.Aborted).ConfigureAwait(false);
            metadata = QueueMetadata.Parse(body.Span, options.JsonDepthMax);
            directory.Keys.Check(metadata, request.QueueName);
            await directory.CheckFlavorAsync(metadata, request.Aborted).ConfigureAwait(false);
        }

        var isNew = await mesh.Catalogue.CreateAsync(request.Stream, ReservedKeys.Apply(metadata, StreamOptions.Default), metadata.ToJson(), request.Aborted).ConfigureAwait(false);
        request.Response.Headers.Location = request.Paths.OfQueue(request.QueueName);
        await ZaqarAnswers.EmptyAsync(request.Response, isNew ? StatusCodes.Status201Created : StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    /// <summary>Shows the metadata; a missing queue has that of one that a post would make. Where metadata is apart only says whether there is a queue.</summary>
    public async Task GetAsync(ZaqarRequest request)
    {
        var entry = await mesh.Catalogue.FindAsync(request.Stream, request.Aborted).ConfigureAwait(false);
        request.NameLocation();
        if (!request.Version.MetadataIsApart) await ShowAsync(request, QueueMetadata.OfStored(entry)).ConfigureAwait(false);
        else await ZaqarAnswers.EmptyAsync(request.Response, entry is null ? StatusCodes.Status404NotFound : StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    /// <summary>Changes metadata, key by key.</summary>
    public async Task PatchAsync(ZaqarRequest request)
    {
        if (request.Context.Request.ContentType != MetadataPatch.ContentType)
            throw new ZaqarRefusal(StatusCodes.Status415UnsupportedMediaType, $"Accepted media type for PATCH: {MetadataPatch.ContentType}.");
        MetadataPatch patch;
        using (var body = await RequestBody.ReadAsync(request.Context.Request, options.MetadataBytesMax, ZaqarRefusal.TooLarge, request.Aborted).ConfigureAwait(false))
            patch = MetadataPatch.Parse(body.Span, options.JsonDepthMax);
        var changed = await directory.ChangeMetadataAsync(request, metadata => patch.Apply(metadata, directory.Keys)).ConfigureAwait(false);
        await ShowAsync(request, changed).ConfigureAwait(false);
    }

    public async Task DeleteAsync(ZaqarRequest request)
    {
        await mesh.Catalogue.DeleteAsync(request.Stream, request.Aborted).ConfigureAwait(false);
        await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    public async Task ListAsync(ZaqarRequest request)
    {
        var query = QueueListQuery.Read(request, options);
        var entries = await FindAsync(request, query).ConfigureAwait(false);
        var count = query.WithCount ? await mesh.Catalogue.CountAsync(request.Project, StreamKind.Queue, request.Aborted).ConfigureAwait(false) : 0;
        if (entries.Count == 0 && request.Version.EmptyPagesHaveNoContent)
        {
            await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
            return;
        }

        request.NameLocation();
        var answer = AnswerBuffer.Rent();
        answer.Json.WriteStartObject();
        answer.Json.WriteStartArray("queues"u8);
        foreach (var entry in entries) WriteEntry(answer.Json, request.Version, entry, query.Detailed);
        answer.Json.WriteEndArray();
        if (entries.Count == 0) ZaqarLinks.WriteNone(answer.Json);
        else ZaqarLinks.WriteNext(answer.Json, query.NextPage(request.Paths, entries[^1].Name.Name));
        if (count > 0) answer.Json.WriteNumber("count"u8, count);
        answer.Json.WriteEndObject();
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    private Task ShowAsync(ZaqarRequest request, QueueMetadata metadata)
    {
        var answer = AnswerBuffer.Rent();
        WriteMetadata(answer.Json, request.Version, metadata);
        return answer.SendAsync(request.Response, StatusCodes.Status200OK);
    }

    private void WriteMetadata(Utf8JsonWriter json, ApiVersion version, QueueMetadata metadata)
    {
        if (version.ReservedKeysShow) directory.Keys.Write(json, metadata);
        else metadata.Write(json);
    }

    private async ValueTask<IReadOnlyList<StreamEntry>> FindAsync(ZaqarRequest request, QueueListQuery query)
    {
        if (!query.IsFiltered) return await mesh.Catalogue.ListAsync(request.Project, StreamKind.Queue, query.Marker, query.Limit, request.Aborted).ConfigureAwait(false);
        var found = new List<StreamEntry>();
        var after = query.Marker;
        while (true)
        {
            var entries = await mesh.Catalogue.ListAsync(request.Project, StreamKind.Queue, after, EntriesPerRead, request.Aborted).ConfigureAwait(false);
            foreach (var entry in entries)
            {
                if (query.Admits(entry)) found.Add(entry);
                if (found.Count == query.Limit) return found;
            }

            if (entries.Count < EntriesPerRead) return found;
            after = entries[^1].Name.Name;
        }
    }

    private void WriteEntry(Utf8JsonWriter json, ApiVersion version, StreamEntry entry, bool detailed)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, entry.Name.Name);
        json.WriteString("href"u8, version.Paths.OfQueue(entry.Name.Name));
        if (detailed)
        {
            json.WritePropertyName("metadata"u8);
            WriteMetadata(json, version, QueueMetadata.OfStored(entry));
        }

        json.WriteEndObject();
    }
}
