using System.Diagnostics;
using System.Text.Json;
using Mesh.Frames;
using Microsoft.AspNetCore.Http;

namespace Mesh.Protocols.Http.Zaqar;

/// <summary>
/// Whether storage works, found out by using it (Zaqar specification, section 1.13). In version 1 anybody may ask and gets a yes or no; later versions show
/// each operation, to admins only. Thread-safe.
/// </summary>
internal sealed class HealthResource(IMesh mesh)
{
    private static readonly ClaimTerms Terms = new(TimeSpan.FromMinutes(1), TimeSpan.Zero);

    public async Task GetAsync(ZaqarRequest request)
    {
        if (request.Version.HeadersAreOptional)
        {
            await StorageProbe.CheckAsync(mesh, request).ConfigureAwait(false);
            await ZaqarAnswers.EmptyAsync(request.Response, StatusCodes.Status204NoContent).ConfigureAwait(false);
            return;
        }

        RequestRules.RequireAdmin(request.Context);
        var operations = await RunAsync(request.Aborted).ConfigureAwait(false);
        var answer = AnswerBuffer.Rent();
        Write(answer.Json, operations);
        await answer.SendAsync(request.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    /// <summary>Does each kind of work once, in a queue of its own that is deleted in the end.</summary>
    private async ValueTask<List<Operation>> RunAsync(CancellationToken cancel)
    {
        var name = StreamName.Queue(Guid.NewGuid().ToString("N"), InnerProjects.Health);
        var queue = mesh.Queue(name);
        var operations = new List<Operation>();
        await RunAsync("create_queue", async () => await mesh.Catalogue.CreateAsync(name, StreamOptions.Default, default, cancel).ConfigureAwait(false)).ConfigureAwait(false);
        await RunAsync("post_messages", async () => await PostAsync(queue).ConfigureAwait(false)).ConfigureAwait(false);
        await RunAsync("list_messages", async () => await queue.ListAsync(new QueueQuery(), cancel).ConfigureAwait(false)).ConfigureAwait(false);
        await RunAsync("claim_messages", async () => await queue.ClaimAsync(1, Terms, cancel).ConfigureAwait(false)).ConfigureAwait(false);
        await RunAsync("delete_messages", async () => await queue.DeleteAsync([Sequence.First], cancel).ConfigureAwait(false)).ConfigureAwait(false);
        await RunAsync("delete_queue", async () => await mesh.Catalogue.DeleteAsync(name, CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false);
        return operations;

        async Task RunAsync(string operation, Func<Task> work) => operations.Add(await TimeAsync(operation, work).ConfigureAwait(false));
    }

    private static async Task PostAsync(IQueue queue)
    {
        using var writer = new SegmentWriter();
        writer.Add(new RecordFields { ContentType = ContentType.Json }, "null"u8);
        if (ErrorMap.Of(await queue.AppendAsync(writer.Finish()).ConfigureAwait(false)) is { } failure) throw new StorageUnavailableException(failure.Message);
    }

    private static async Task<Operation> TimeAsync(string name, Func<Task> work)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            await work().ConfigureAwait(false);
            return new Operation(name, true, Stopwatch.GetElapsedTime(began));
        }
        catch (Exception failure) when (ErrorMap.Of(failure) is not null)
        {
            return new Operation(name, false, Stopwatch.GetElapsedTime(began));
        }
    }

    private static void Write(Utf8JsonWriter json, List<Operation> operations)
    {
        json.WriteStartObject();
        json.WriteBoolean("storage_reachable"u8, operations.Exists(each => each.Succeeded));
        json.WriteStartObject("operation_status"u8);
        foreach (var operation in operations)
        {
            json.WriteStartObject(operation.Name);
            json.WriteBoolean("succeeded"u8, operation.Succeeded);
            json.WriteNumber("seconds"u8, operation.Took.TotalSeconds);
            if (operation.Succeeded) json.WriteNull("ref"u8);
            else json.WriteString("ref"u8, Activity.Current?.Id ?? operation.Name);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private sealed record Operation(string Name, bool Succeeded, TimeSpan Took);
}
