using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Mesh.Testing.Postgres;

/// <summary>As <see cref="ContractFactAttribute"/>, for a test with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Mesh.Testing.Postgres.ContractTheoryDiscoverer", "Mesh.Testing")]
public class ContractTheoryAttribute : TheoryAttribute;

/// <summary>Made by the runner.</summary>
public sealed class ContractTheoryDiscoverer(IMessageSink diagnostics) : TheoryDiscoverer(diagnostics)
{
    public override IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute) =>
        ContractTestCase.SkipReasonOf(testMethod) is { } reason
            ? CreateTestCasesForSkip(discoveryOptions, testMethod, theoryAttribute, reason)
            : base.Discover(discoveryOptions, testMethod, theoryAttribute);
}
