using Mesh.Testing.Postgres;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Mesh.Protocols.Grpc.Tests.Cases;

/// <summary>A test that shows a compatibility case of the protobus specification; <c>--filter protobus=7</c> finds it by the case's number.</summary>
[AttributeUsage(AttributeTargets.Method)]
[TraitDiscoverer("Mesh.Protocols.Grpc.Tests.Cases.CaseTraits", "Mesh.Protocols.Grpc.Tests")]
public sealed class CaseFactAttribute(params int[] cases) : ContractFactAttribute, ITraitAttribute
{
    public int[] Cases { get; } = cases;
}

/// <summary>Made by the runner.</summary>
public sealed class CaseTraits : ITraitDiscoverer
{
    public IEnumerable<KeyValuePair<string, string>> GetTraits(IAttributeInfo traitAttribute) =>
        traitAttribute.GetNamedArgument<int[]>(nameof(CaseFactAttribute.Cases)).Select(each => KeyValuePair.Create("protobus", $"{each}"));
}
