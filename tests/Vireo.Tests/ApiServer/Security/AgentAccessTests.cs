using Vireo.Api;
using Vireo.Rules;
using Vireo.Runtime;

namespace Vireo.Tests.ApiServer.Security;

/// <summary>Agents of hosts that joined, over the network, at what is theirs and at what is others'.</summary>
public sealed class AgentAccessTests : IAsyncLifetime
{
    private RunningServer _server = null!;
    private KubernetesClient _own = null!;
    private KubernetesClient _agent = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        _own = new(_server.Own);
        _agent = (await _server.JoinAsync("host2")).Connect();
        await _server.JoinAsync("host1");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_agent_writes_the_instances_of_its_host_and_no_others()
    {
        var mine = await MakeAsync("mine", "host2");
        var others = await MakeAsync("others", "host1");

        var told = await _agent.ReplaceStatusAsync(Told(mine), Ct);
        told.Status!.Phase.ShouldBe(VirtualMachineInstancePhase.Running);
        var refusal = await Should.ThrowAsync<ApiException>(_agent.ReplaceStatusAsync(Told(others), Ct));
        refusal.Reason.ShouldBe(Reason.Forbidden);
        refusal.Message.ShouldBe(
            "virtualmachineinstances.kubevirt.io \"others\" is forbidden: User \"system:node:host2\" cannot update "
                + "resource \"virtualmachineinstances\" in API group \"kubevirt.io\" in the namespace \"default\": it is not "
                + "on host \"host2\""
        );
        await RefusedAsync(_agent.DeleteAsync<VirtualMachineInstance>(ResourceKey.Of(mine), null, Ct));
        await RefusedAsync(
            _agent.PatchAsync<VirtualMachineInstance>(
                ResourceKey.Of(others),
                Patch.Merge(
                    new System.Text.Json.Nodes.JsonObject
                    {
                        ["status"] = new System.Text.Json.Nodes.JsonObject { ["nodeName"] = "host2" },
                    }
                ),
                Ct
            )
        );
    }

    [Fact]
    public async Task An_agent_lets_its_instance_go_by_its_finalizer()
    {
        var mine = await MakeAsync("mine", "host2");
        await _own.DeleteAsync<VirtualMachineInstance>(ResourceKey.Of(mine), null, Ct);
        var held = (await _agent.FindAsync<VirtualMachineInstance>(ResourceKey.Of(mine), Ct)).ShouldNotBeNull();
        await _agent.ReplaceAsync(held with { Metadata = held.Metadata with { Finalizers = [] } }, Ct);
        (await _agent.FindAsync<VirtualMachineInstance>(ResourceKey.Of(mine), Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task An_agent_reads_the_secrets_of_its_guests_and_no_others()
    {
        foreach (var name in new[] { "here", "there", "nowhere" })
        {
            await _own.CreateAsync(
                new Secret
                {
                    Metadata = new() { Namespace = "default", Name = name },
                },
                Ct
            );
        }

        await MakeAsync("mine", "host2", "here");
        await MakeAsync("others", "host1", "there");
        (await _agent.FindAsync<Secret>(new("default", "here"), Ct)).ShouldNotBeNull();
        await RefusedAsync(_agent.FindAsync<Secret>(new("default", "there"), Ct));
        await RefusedAsync(_agent.FindAsync<Secret>(new("default", "nowhere"), Ct));
        await RefusedAsync(_agent.FindAsync<Secret>(new("default", "not-there"), Ct));
        await RefusedAsync(_agent.FindAsync<Secret>(new("kube-system", "here"), Ct));
        await RefusedAsync(_agent.ListAsync<Secret>(new(), Ct));
    }

    [Fact]
    public async Task An_agent_lists_the_instances_of_its_host_and_no_others()
    {
        await MakeAsync("mine", "host2");
        await MakeAsync("others", "host1");

        var own = await _agent.ListAsync<VirtualMachineInstance>(new(FieldSelector: "status.nodeName=host2"), Ct);

        own.Items.Select(one => one.Metadata.Name).ShouldBe(["mine"]);
        await RefusedAsync(_agent.ListAsync<VirtualMachineInstance>(new(), Ct));
        await RefusedAsync(_agent.ListAsync<VirtualMachineInstance>(new(FieldSelector: "status.nodeName=host1"), Ct));
    }

    [Fact]
    public async Task An_agent_reads_the_instances_of_its_host_and_learns_of_others_only_that_they_are_others()
    {
        var mine = await MakeAsync("mine", "host2");
        var others = await MakeAsync("others", "host1");

        (await _agent.FindAsync<VirtualMachineInstance>(ResourceKey.Of(mine), Ct)).ShouldNotBeNull();
        (await _agent.FindAsync<VirtualMachineInstance>(new("default", "nowhere"), Ct)).ShouldBeNull();
        var refusal = await Should.ThrowAsync<ApiException>(
            _agent.FindAsync<VirtualMachineInstance>(ResourceKey.Of(others), Ct)
        );
        refusal.Reason.ShouldBe(Reason.Forbidden);
        refusal.Message.ShouldEndWith(": it is not on host \"host2\"");
        refusal.Status.Details!.Uid.ShouldBe(others.Metadata.Uid);
    }

    [Theory]
    [InlineData("{}", "application/merge-patch+json")]
    [InlineData("[]", "application/json-patch+json")]
    [InlineData("""[{"op":"test","path":"/metadata/name","value":"x"}]""", "application/json-patch+json")]
    public async Task An_agent_learns_no_more_by_a_patch(string patch, string type)
    {
        var others = await MakeAsync("others", "host1");
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"{RunningServer.Vmis}/{others.Metadata.Name}")
        {
            Content = new StringContent(patch, System.Text.Encoding.UTF8, type),
        };
        await RefusedAsync(_agent.SendAsync(request, Ct));
    }

    [Theory]
    [InlineData("host1", "host2", false)]
    [InlineData("host1", "host2", true)]
    [InlineData("host2", "host1", false)]
    [InlineData("host2", "host1", true)]
    public async Task Both_hosts_of_a_move_read_the_instance_also_when_it_is_over(string from, string to, bool isOver)
    {
        var mover = ResourceKey.Of(await MakeAsync("mover", "host1"));
        await _own.ChangeStatusAsync<VirtualMachineInstance>(
            mover,
            seen => seen with { Status = seen.Status! with { MigrationState = Move(from, to, isOver) } },
            Ct
        );
        (await _agent.FindAsync<VirtualMachineInstance>(mover, Ct)).ShouldNotBeNull();

        await _own.ChangeStatusAsync<VirtualMachineInstance>(
            mover,
            seen => seen with { Status = seen.Status! with { MigrationState = Move("host1", "host3", isOver) } },
            Ct
        );
        await RefusedAsync(_agent.FindAsync<VirtualMachineInstance>(mover, Ct));
    }

    [Fact]
    public async Task An_agent_reads_the_machines_of_its_guests_and_of_the_disks_it_keeps()
    {
        foreach (var (name, keeper) in new[] { ("kept", "host2"), ("others", "host1"), ("runs", null) })
        {
            await _server.MakeVmAsync(name);
            await _own.ChangeStatusAsync<VirtualMachine>(
                new("default", name),
                seen => seen with { Status = (seen.Status ?? new()) with { SavedDisks = new() { Host = keeper } } },
                Ct
            );
        }

        (await _agent.FindAsync<VirtualMachine>(new("default", "kept"), Ct)).ShouldNotBeNull();
        (await _agent.FindAsync<VirtualMachine>(new("default", "nowhere"), Ct)).ShouldBeNull();
        var refusal = await Should.ThrowAsync<ApiException>(
            _agent.FindAsync<VirtualMachine>(new("default", "others"), Ct)
        );
        refusal.Reason.ShouldBe(Reason.Forbidden);
        refusal.Status.Details!.Uid.ShouldNotBeNull();

        await MakeAsync("runs", "host2");
        await RefusedAsync(_agent.FindAsync<VirtualMachine>(new("default", "runs"), Ct));
        var uid = (await _own.FindAsync<VirtualMachine>(new("default", "runs"), Ct))!.Metadata.Uid!;
        await _own.ChangeAsync<VirtualMachineInstance>(
            new("default", "runs"),
            seen => seen with { Metadata = seen.Metadata with { OwnerReferences = [Owner("runs", uid)] } },
            Ct
        );
        (await _agent.FindAsync<VirtualMachine>(new("default", "runs"), Ct)).ShouldNotBeNull();
    }

    [Fact]
    public async Task An_agent_tells_of_its_own_host_and_where_it_is_reached()
    {
        await TellAsync("host2", "https://10.0.0.2:7444");
        (await _server.HostAsync("host2"))!.Status!.Endpoint.ShouldBe("https://10.0.0.2:7444");
        await RefusedAsync(TellAsync("host2", "unix:///run/libvirt/libvirt-sock"));
        await RefusedAsync(TellAsync("host1", "https://10.0.0.2:7444"));
    }

    [Fact]
    public async Task An_agent_acts_on_no_guest_by_the_server()
    {
        var mine = await MakeAsync("mine", "host2");
        using var request = new HttpRequestMessage(
            HttpMethod.Put,
            $"/apis/subresources.kubevirt.io/v1/namespaces/default/virtualmachineinstances/{mine.Metadata.Name}/pause"
        );
        await RefusedAsync(_agent.SendAsync(request, Ct));
    }

    [Fact]
    public async Task An_agent_makes_no_token()
    {
        var token = new JoinToken("abc123", "x", DateTimeOffset.UnixEpoch).ToSecret();
        await RefusedAsync(_agent.CreateAsync(token, Ct));
    }

    private static VirtualMachineInstance Told(VirtualMachineInstance instance) =>
        instance with
        {
            Status = instance.Status! with { Phase = VirtualMachineInstancePhase.Running },
        };

    private static VirtualMachineInstanceMigrationState Move(string from, string to, bool isOver) =>
        new()
        {
            MigrationUid = "5f0e57c1-0000-4000-8000-000000000001",
            SourceNode = from,
            TargetNode = to,
            EndTimestamp = isOver ? DateTimeOffset.UnixEpoch : null,
        };

    private static OwnerReference Owner(string name, string uid) =>
        new()
        {
            ApiVersion = "kubevirt.io/v1",
            Kind = "VirtualMachine",
            Name = name,
            Uid = uid,
            Controller = true,
        };

    private static async Task RefusedAsync(Task attempt) =>
        (await Should.ThrowAsync<ApiException>(attempt)).Reason.ShouldBe(Reason.Forbidden);

    private Task<Host?> TellAsync(string host, string endpoint) =>
        _agent.ChangeStatusAsync<Host>(
            new(null, host),
            seen => seen with { Status = new() { Endpoint = endpoint } },
            Ct
        );

    private async Task<VirtualMachineInstance> MakeAsync(string name, string host, string? secret = null)
    {
        var made = await _own.CreateAsync(
            new VirtualMachineInstance
            {
                Metadata = new() { Namespace = "default", Name = name },
                Spec = new()
                {
                    Domain = new()
                    {
                        Devices = new()
                        {
                            Disks = secret is null
                                ? null
                                :
                                [
                                    new()
                                    {
                                        Name = "init",
                                        DiskDevice = new() { Bus = "virtio" },
                                    },
                                ],
                        },
                        Memory = new() { Guest = Quantity.Parse("64Mi") },
                    },
                    Volumes = secret is null
                        ? null
                        :
                        [
                            new()
                            {
                                Name = "init",
                                CloudInitNoCloud = new() { SecretRef = new() { Name = secret } },
                            },
                        ],
                },
            },
            Ct
        );
        return (
            await _own.ChangeStatusAsync<VirtualMachineInstance>(
                ResourceKey.Of(made),
                seen => seen with { Status = seen.Status! with { NodeName = host } },
                Ct
            )
        )!;
    }
}
