using Mesh.Gateway;
using Mesh.Hosting.Doors;
using Mesh.Hosting.Options;
using Mesh.SiloHost;
using Xunit;

namespace Mesh.Deployment.Tests;

/// <summary>What <c>deploy/kubernetes</c> says of the programs agrees with what they take.</summary>
public sealed class KubernetesTests
{
    /// <summary>Stands for what only the cluster knows: an address, a label's value, a secret.</summary>
    private static readonly Dictionary<string, string> Known = new()
    {
        ["status.podIP"] = "10.0.0.7",
        ["metadata.labels['orleans/clusterId']"] = "a-cluster",
        ["metadata.labels['orleans/serviceId']"] = "a-service",
        ["connection"] = "Host=db;Database=mesh;Username=mesh",
    };

    public static TheoryData<string> Overlays => new(Directory.GetDirectories(Repository.Path("deploy/kubernetes/overlays")).Select(folder => Path.GetFileName(folder)!));

    [KubectlTheory, MemberData(nameof(Overlays))]
    public async Task A_silo_takes_its_environment_and_opens_the_ports_it_shows(string overlay)
    {
        var container = (await Rendered.OfAsync(overlay)).Container("Deployment", "mesh-silo");
        var options = Read(SiloHostOptions.Table, container);
        Assert.Equal(Ports(("operations", options.Http!.Port), ("silo", options.SiloPort), ("silo-gateway", options.GatewayPort)), Ports(container));
        Assert.False(options.Http.IsLoopback);
        Assert.Equal(Known["status.podIP"], options.Advertise.ToString());
        Assert.Equal(("a-cluster", "a-service"), (options.Cluster.ClusterId, options.Cluster.ServiceId));
        Assert.Equal(Known["connection"], options.Data);
        AssertProbes(container, "operations");
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public async Task A_gateway_takes_its_environment_and_opens_the_ports_it_shows(string overlay)
    {
        var container = (await Rendered.OfAsync(overlay)).Container("Deployment", "mesh-gateway");
        var options = Read(GatewayOptions.Table, container);
        Assert.Equal(Ports([.. OpenListeners.Of(options).Select(each => (each.Option[2..], each.Address.Port))]), Ports(container));
        Assert.All(OpenListeners.Of(options), each => Assert.False(each.Address.IsLoopback));
        Assert.Equal(("a-cluster", "a-service"), (options.Cluster.ClusterId, options.Cluster.ServiceId));
        AssertProbes(container, "http");
        Assert.True(container["startupProbe.periodSeconds"].Number * container["startupProbe.failureThreshold"].Number > options.SiloWait.TotalSeconds);
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public async Task The_migration_ends_by_itself(string overlay) =>
        Assert.Equal(Migrate.Only, Read(SiloHostOptions.Table, (await Rendered.OfAsync(overlay)).Container("Job", "mesh-migration")).Migrate);

    [KubectlTheory, MemberData(nameof(Overlays))]
    public async Task Drains_end_before_the_pods_are_killed(string overlay)
    {
        var rendered = await Rendered.OfAsync(overlay);
        var pause = int.Parse(rendered.Container("Deployment", "mesh-gateway")["lifecycle.preStop.exec.command"].Items.Last().Text);
        var grace = rendered.Of("Deployment", "mesh-gateway")["spec.template.spec.terminationGracePeriodSeconds"].Number;
        Assert.True(grace > pause + (DoorHost.DrainMax + DoorHost.CommitMax).TotalSeconds);
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public async Task The_service_leads_to_every_door_of_the_gateways(string overlay)
    {
        var rendered = await Rendered.OfAsync(overlay);
        var service = rendered.Of("Service", "mesh");
        Assert.Equal("gateway", Component(Assert.Single(rendered.Selected(service["spec.selector"]))));
        Assert.Equal(Ports(rendered.Container("Deployment", "mesh-gateway")), service["spec.ports"].Items.Select(port => (port["targetPort"].Text, port["port"].Number)).Order());
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public async Task Pods_carry_the_labels_of_Orleans_and_those_that_select_them(string overlay)
    {
        var rendered = await Rendered.OfAsync(overlay);
        foreach (var workload in rendered.Of("Deployment"))
        {
            var labels = workload["spec.template.metadata.labels"].Fields;
            Assert.NotEmpty(labels["orleans/clusterId"].Text);
            Assert.NotEmpty(labels["orleans/serviceId"].Text);
            Assert.Equal(Component(workload["spec.template"]), Component(Assert.Single(rendered.Selected(workload["spec.selector.matchLabels"]))));
        }

        foreach (var budget in rendered.Of("PodDisruptionBudget"))
            Assert.Equal(budget["metadata.name"].Text, "mesh-" + Component(Assert.Single(rendered.Selected(budget["spec.selector.matchLabels"]))));
        foreach (var scaler in rendered.Of("HorizontalPodAutoscaler"))
        {
            var scaled = rendered.Of(scaler["spec.scaleTargetRef.kind"].Text, scaler["spec.scaleTargetRef.name"].Text);
            Assert.False(scaled["spec.replicas"].IsThere, "Each time it is applied, the scaler's number would be undone.");
            Assert.True(scaler["spec.minReplicas"].Number >= 2);
        }

        Assert.Equal(["mesh-gateway", "mesh-silo"], rendered.Of("HorizontalPodAutoscaler").Select(each => each["metadata.name"].Text).Order());
        Assert.Equal(["mesh-gateway", "mesh-silo"], rendered.Of("PodDisruptionBudget").Select(each => each["metadata.name"].Text).Order());
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public async Task A_silos_ports_are_open_to_silos_and_gateways_alone(string overlay)
    {
        var rendered = await Rendered.OfAsync(overlay);
        var policy = rendered.Of("NetworkPolicy", "mesh-silo");
        Assert.Equal("silo", Component(Assert.Single(rendered.Selected(policy["spec.podSelector.matchLabels"]))));
        var options = Read(SiloHostOptions.Table, rendered.Container("Deployment", "mesh-silo"));
        Assert.Equal(["silo"], From(rendered, policy, options.SiloPort));
        Assert.Equal(["gateway"], From(rendered, policy, options.GatewayPort));
        Assert.Equal(["monitoring"], From(rendered, policy, options.Http!.Port));
        Assert.All(policy["spec.ingress"].Items, rule => Assert.NotEmpty(rule["ports"].Items));
    }

    [KubectlTheory, MemberData(nameof(Overlays))]
    public async Task Nothing_runs_as_root_and_every_secret_that_is_made_has_the_keys_asked_for(string overlay)
    {
        var rendered = await Rendered.OfAsync(overlay);
        Assert.All(rendered.Pods, pod => Assert.Equal("true", pod["spec.securityContext.runAsNonRoot"].Text));
        var containers = rendered.Pods.SelectMany(pod => pod["spec.containers"].Items).ToArray();
        Assert.All(containers, container => Assert.Equal("false", container["securityContext.allowPrivilegeEscalation"].Text));
        var asked = containers.SelectMany(container => container["env"].Items).Select(each => each["valueFrom.secretKeyRef"]).Where(each => each.IsThere).ToArray();
        Assert.NotEmpty(asked);
        foreach (var secret in rendered.Of("Secret"))
        {
            var keys = secret["data"].Fields;
            Assert.All(asked, key => Assert.Equal(secret["metadata.name"].Text, key["name"].Text));
            Assert.All(asked, key => Assert.Contains(key["key"].Text, keys.Keys));
        }
    }

    private static T Read<T>(OptionTable<T> table, Yaml container)
        where T : class, new() =>
        OptionReader.Read(table, [], container["env"].Items.Select(each => KeyValuePair.Create(each["name"].Text, ValueOf(each))), null)!;

    private static string ValueOf(Yaml variable)
    {
        if (variable["value"].IsThere) return variable["value"].Text;
        var field = variable["valueFrom.fieldRef.fieldPath"];
        return Known[field.IsThere ? field.Text : variable["valueFrom.secretKeyRef.key"].Text];
    }

    private static void AssertProbes(Yaml container, string port)
    {
        foreach (var (probe, path) in new[] { ("startupProbe", "/healthz/live"), ("livenessProbe", "/healthz/live"), ("readinessProbe", "/healthz/ready") })
        {
            Assert.Equal(path, container[probe]["httpGet.path"].Text);
            Assert.Equal(port, container[probe]["httpGet.port"].Text);
        }
    }

    /// <summary>Who may come in at a port: components of Mesh, or namespaces.</summary>
    private static string[] From(Rendered rendered, Yaml policy, int port) =>
        [.. policy["spec.ingress"].Items.Where(rule => rule["ports"].Items.Any(each => each["port"].Number == port)).SelectMany(rule => rule["from"].Items)
            .SelectMany(from => from["namespaceSelector"].IsThere
                ? from["namespaceSelector.matchLabels"].Fields.Values.Select(name => name.Text)
                : rendered.Selected(from["podSelector.matchLabels"]).Select(Component))];

    private static string Component(Yaml pod) => pod["metadata.labels"].Fields["app.kubernetes.io/component"].Text;

    private static IEnumerable<(string, int)> Ports(Yaml container) =>
        container["ports"].Items.Select(port => (port["name"].Text, port["containerPort"].Number)).Order();

    private static IEnumerable<(string, int)> Ports(params (string, int)[] ports) => ports.Order();
}
