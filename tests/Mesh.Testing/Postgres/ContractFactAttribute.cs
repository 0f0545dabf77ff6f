using System.Collections.Concurrent;
using System.Reflection;
using Mesh.Testing.Tools;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Mesh.Testing.Postgres;

/// <summary>A test of a contract suite. In a class that inherits it and is marked with a <see cref="RequiresAttribute"/> it is skipped without that.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Mesh.Testing.Postgres.ContractFactDiscoverer", "Mesh.Testing")]
public class ContractFactAttribute : FactAttribute;

/// <summary>Made by the runner.</summary>
public sealed class ContractFactDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        new ContractTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod);
}

/// <summary>Made by the discoverer, or by the runner from its serialized form.</summary>
public sealed class ContractTestCase : XunitTestCase
{
    private static readonly ConcurrentDictionary<Type, string?> SkipReasons = new();

    [Obsolete("For the runner.")]
    public ContractTestCase()
    {
    }

    public ContractTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(diagnostics, display, options, method)
    {
    }

    /// <summary>Why a test of a contract is skipped in the class that runs it; null when it runs.</summary>
    public static string? SkipReasonOf(ITestMethod method) =>
        SkipReasons.GetOrAdd(method.TestClass.Class.ToRuntimeType(), type => type.GetCustomAttributes<RequiresAttribute>().Select(each => each.SkipReason).FirstOrDefault(reason => reason is not null));

    protected override string? GetSkipReason(IAttributeInfo factAttribute) => base.GetSkipReason(factAttribute) ?? SkipReasonOf(TestMethod);
}
