using System.Reflection;
using Mesh.Protocols.Grpc.Framing;
using Mesh.Topics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Protocols.Grpc.Tests;

public sealed class ErrorMapTests
{
    private static readonly AppendResult[] Results =
    [
        new AppendResult.Appended(default, default, 1, default, default),
        new AppendResult.Duplicate(default, default, 1),
        new AppendResult.Busy(TimeSpan.FromMilliseconds(5)),
        new AppendResult.TooLarge(77),
        new AppendResult.IdNotGreater(default),
        AppendResult.NoSuchStream.Instance,
    ];

    [Fact]
    public void Every_outcome_of_an_append_has_a_status()
    {
        var cases = typeof(AppendResult).GetNestedTypes(BindingFlags.Public).Where(type => type.IsAssignableTo(typeof(AppendResult)));
        Assert.Equal(cases.Order(ByName), Results.Select(result => result.GetType()).Order(ByName));
        StatusCode[] expected =
        [
            StatusCode.Ok, StatusCode.Ok, StatusCode.ResourceExhausted, StatusCode.ResourceExhausted, StatusCode.FailedPrecondition, StatusCode.NotFound,
        ];
        Assert.Equal(expected, Results.Select(result => ErrorMap.FromAppend(result).Code));
    }

    [Fact]
    public void Failures_of_storage_are_unavailable_and_others_are_internal_without_their_text()
    {
        Assert.Equal(StatusCode.Unavailable, ErrorMap.FromFailure(new StorageUnavailableException("locked"), NullLogger.Instance).Code);
        Assert.Equal(StatusCode.Unavailable, ErrorMap.FromFailure(new StreamFencedException(TopicHomes.Events), NullLogger.Instance).Code);
        var status = ErrorMap.FromFailure(new InvalidOperationException("secret"), NullLogger.Instance);
        Assert.Equal(StatusCode.Internal, status.Code);
        Assert.DoesNotContain("secret", status.Message, StringComparison.Ordinal);
    }

    private static Comparer<Type> ByName { get; } = Comparer<Type>.Create((one, other) => string.CompareOrdinal(one.Name, other.Name));
}
