using Mesh.Testing.Tools;
using Xunit;

namespace Mesh.Deployment.Tests;

/// <summary>A test of every overlay, as <c>kubectl kustomize</c> renders it; skipped by name where there is no kubectl.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KubectlTheoryAttribute : TheoryAttribute
{
    private static readonly Lazy<bool> IsThere = new(() => Command.Works("kubectl", "kustomize", "--help"));

    public KubectlTheoryAttribute() => Skip = IsThere.Value ? null : "Needs kubectl, to render deploy/kubernetes.";
}
