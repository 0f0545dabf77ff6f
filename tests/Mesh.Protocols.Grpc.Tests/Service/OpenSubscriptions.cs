using System.Reflection;
using System.Runtime.CompilerServices;

namespace Mesh.Protocols.Grpc.Tests.Service;

/// <summary>Counts the subscriptions that a door holds on its mesh.</summary>
internal sealed class OpenSubscriptions
{
    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Ends when the last one has ended.</summary>
    public Task NoneAsync() => _none.Task;

    /// <summary>A mesh like the one inside, with its partitions' subscriptions counted.</summary>
    public IMesh Watch(IMesh inner) => Interceptor<IMesh>.Around((method, arguments) =>
        method.Name == nameof(IMesh.Partition) ? WatchPartition((IPartition)method.Invoke(inner, arguments)!) : method.Invoke(inner, arguments));

    private IPartition WatchPartition(IPartition inner) => Interceptor<IPartition>.Around((method, arguments) =>
        method.Name == nameof(IPartition.TailAsync)
            ? CountAsync((IAsyncEnumerable<RecordPage>)method.Invoke(inner, arguments)!, (CancellationToken)arguments![1]!)
            : method.Invoke(inner, arguments));

    private async IAsyncEnumerable<RecordPage> CountAsync(IAsyncEnumerable<RecordPage> pages, [EnumeratorCancellation] CancellationToken cancel)
    {
        Interlocked.Increment(ref _count);
        try
        {
            await foreach (var page in pages.WithCancellation(cancel)) yield return page;
        }
        finally
        {
            if (Interlocked.Decrement(ref _count) == 0) _none.TrySetResult();
        }
    }
}

/// <summary>Puts a function in front of all methods of an interface.</summary>
internal class Interceptor<T> : DispatchProxy
    where T : class
{
    private Func<MethodInfo, object?[]?, object?> _call = null!;

    public static T Around(Func<MethodInfo, object?[]?, object?> call)
    {
        var proxy = Create<T, Interceptor<T>>();
        ((Interceptor<T>)(object)proxy)._call = call;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _call(targetMethod!, args);
}
