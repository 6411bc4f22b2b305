using System.Text.Json.Nodes;
using Vireo.Api;
using Vireo.ApiServer.OpenApi;

namespace Vireo.Tests.ApiServer.OpenApi;

public class OpenApiDocumentsTests
{
    private static readonly OpenApiDocuments Documents = new();

    private static readonly JsonObject V2 = Parse(Documents.V2Json);

    public static TheoryData<string> Groups => [.. ResourceKinds.All.Select(kind => kind.GroupPath[1..]).Distinct()];

    [Fact]
    public void The_index_names_the_document_of_every_group_by_its_contents()
    {
        var paths = Parse(Documents.Index)["paths"]!.AsObject();

        var actions = Subresources.Versions.Select(version => $"apis/{Subresources.Group}/{version}");
        string[] reviews = ["apis/authentication.k8s.io/v1", "apis/authorization.k8s.io/v1"];
        paths
            .Select(path => path.Key)
            .ShouldBe([.. Groups.Select(row => row.Data), .. actions, .. reviews], ignoreOrder: true);
        foreach (var (group, entry) in paths)
        {
            entry!["serverRelativeURL"]!
                .GetValue<string>()
                .ShouldBe($"/openapi/v3/{group}?hash={Documents.Group(group)!.Hash}");
        }

        Documents.Group("apis/none/v1").ShouldBeNull();
    }

    [Theory, MemberData(nameof(Groups))]
    public void Every_reference_of_a_group_leads_to_a_schema(string group)
    {
        var document = Parse(Documents.Group(group)!);

        ReferencesLead(document, document["components"]!["schemas"]!.AsObject(), "#/components/schemas/");
    }

    [Fact]
    public void Every_reference_of_version_2_leads_to_a_schema() =>
        ReferencesLead(V2, V2["definitions"]!.AsObject(), "#/definitions/");

    [Fact]
    public void Every_kind_is_found_by_its_group_version_and_kind()
    {
        foreach (var kind in ResourceKinds.All)
        {
            var schemas = Parse(Documents.Group(kind.GroupPath[1..])!)["components"]!["schemas"]!.AsObject();
            foreach (var definitions in (JsonObject[])[schemas, V2["definitions"]!.AsObject()])
            {
                definitions.Count(definition => Names(definition.Value!, kind)).ShouldBe(1, kind.Kind);
            }
        }
    }

    [Fact]
    public void Names_are_those_that_Kubernetes_and_KubeVirt_give()
    {
        var definitions = V2["definitions"]!.AsObject();
        foreach (
            var name in (string[])
                [
                    "io.kubevirt.v1.VirtualMachine",
                    "io.kubevirt.v1.VirtualMachineList",
                    "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
                    "io.k8s.apimachinery.pkg.api.resource.Quantity",
                    "io.k8s.api.core.v1.Secret",
                    "io.k8s.api.coordination.v1.Lease",
                    "io.k8s.api.apps.v1.ControllerRevision",
                    "dev.vireo.v1alpha1.Host",
                ]
        )
        {
            definitions.ContainsKey(name).ShouldBeTrue(name);
        }
    }

    [Fact]
    public void Lists_say_how_they_are_merged()
    {
        var schemas = V2["definitions"]!;
        var meta = schemas["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"]!["properties"]!;
        meta["ownerReferences"]!["x-kubernetes-list-type"]!.ToString().ShouldBe("map");
        meta["ownerReferences"]!["x-kubernetes-list-map-keys"]!.ToJsonString().ShouldBe("""["uid"]""");
        meta["finalizers"]!["x-kubernetes-list-type"]!.ToString().ShouldBe("set");
        var conditions = schemas["io.k8s.api.core.v1.NodeStatus"]!["properties"]!["conditions"]!;
        conditions["x-kubernetes-list-map-keys"]!.ToJsonString().ShouldBe("""["type"]""");
        schemas["io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector"]!["x-kubernetes-map-type"]!
            .ToString()
            .ShouldBe("atomic");
        var volumes = schemas["io.kubevirt.v1.VirtualMachineInstanceSpec"]!["properties"]!["volumes"]!.AsObject();
        volumes.ContainsKey("x-kubernetes-list-type").ShouldBeFalse();
    }

    [Fact]
    public void Every_key_by_which_a_list_is_merged_is_a_field_of_its_entries()
    {
        foreach (var node in ResourceKinds.All.SelectMany(kind => DefinitionNames.Objects(StructuralSchema.For(kind))))
        {
            foreach (var property in node.Properties.Values.Where(property => property.ListKeys is not null))
            {
                property.ListKeys!.ShouldAllBe(key => property.Value.Items!.Properties.ContainsKey(key), property.Name);
            }
        }
    }

    [Fact]
    public void Kubectl_finds_that_patches_take_field_validation_and_dry_run()
    {
        foreach (var kind in ResourceKinds.All.Where(kind => !kind.IsReadOnly))
        {
            var path = kind.IsNamespaced
                ? $"{kind.GroupPath}/namespaces/{{namespace}}/{kind.Plural}/{{name}}"
                : $"{kind.GroupPath}/{kind.Plural}/{{name}}";
            foreach (var document in (JsonObject[])[Parse(Documents.Group(kind.GroupPath[1..])!), V2])
            {
                var patch = document["paths"]![path]!["patch"]!;
                patch["x-kubernetes-group-version-kind"]!["kind"]!.GetValue<string>().ShouldBe(kind.Kind);
                var names = patch["parameters"]!.AsArray().Select(parameter => parameter!["name"]!.GetValue<string>());
                names.ShouldContain("fieldValidation");
                names.ShouldContain("dryRun");
            }
        }
    }

    [Fact]
    public void Operations_bear_different_names()
    {
        var ids = V2["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject())
            .Where(operation => operation.Value is JsonObject)
            .Select(operation => operation.Value!["operationId"]!.GetValue<string>())
            .ToList();

        ids.ShouldBeUnique();
        ids.ShouldContain("createKubevirtIoV1NamespacedVirtualMachine");
        ids.ShouldContain("readCoreV1NamespacedSecret");
        ids.ShouldContain("replaceKubevirtIoV1NamespacedVirtualMachineStatus");
    }

    [Fact]
    public void A_field_says_its_doc_comment_and_its_limits()
    {
        var properties = Parse(Documents.Group("apis/kubevirt.io/v1")!)["components"]!["schemas"]!;

        var strategy = properties["io.kubevirt.v1.VirtualMachineSpec"]!["properties"]!["runStrategy"]!;
        strategy["description"]!.GetValue<string>().ShouldBe("When an instance runs.");
        strategy["enum"]!.AsArray().Count.ShouldBe(6);
        var port = properties["io.kubevirt.v1.Port"]!;
        port["required"]!.ToJsonString().ShouldBe("""["port"]""");
        port["properties"]!["port"]!["maximum"]!.GetValue<int>().ShouldBe(65535);
        properties["io.kubevirt.v1.VirtualMachineStatus"]!["properties"]!["printableStatus"]!["default"]!
            .GetValue<string>()
            .ShouldBe("Stopped");
    }

    [Fact]
    public void The_protobuf_form_says_what_the_JSON_form_says() =>
        Carried(GnosticReader.Read(Documents.V2Protobuf.Body.Span)).ShouldBe(Carried(V2));

    [Fact]
    public void The_answer_of_protobuf_has_a_media_type_that_parsers_take()
    {
        Documents.V2Protobuf.ContentType.ShouldNotContain("@");
        OpenApiDocuments.ProtobufMediaTypes.ShouldContain(Documents.V2Protobuf.ContentType);
    }

    [Fact]
    public void The_same_document_is_handed_out_again() =>
        Documents.Group("api/v1").ShouldBeSameAs(Documents.Group("api/v1"));

    private static JsonObject Parse(OpenApiDocument document) => JsonNode.Parse(document.Body.Span)!.AsObject();

    /// <summary>The fields in order, one a line, without those that protobuf leaves out.</summary>
    private static string Carried(JsonNode node, string path = "") =>
        node switch
        {
            JsonObject obj => string.Concat(
                obj.OrderBy(field => field.Key, StringComparer.Ordinal)
                    .Select(field => Carried(field.Value!, $"{path}/{field.Key}"))
            ),
            JsonArray array => string.Concat(array.Select((item, index) => Carried(item!, $"{path}/{index}"))),
            _ => node.ToJsonString() is var value && value is "false" or "0" ? "" : $"{path} {value}\n",
        };

    private static bool Names(JsonNode schema, ResourceKind kind) =>
        schema["x-kubernetes-group-version-kind"] is JsonArray names
        && names.Any(name =>
            name!["group"]!.GetValue<string>() == kind.Group
            && name["version"]!.GetValue<string>() == kind.Version
            && name["kind"]!.GetValue<string>() == kind.Kind
        );

    private static void ReferencesLead(JsonNode node, JsonObject schemas, string prefix)
    {
        switch (node)
        {
            case JsonObject obj:
                foreach (var (name, value) in obj)
                {
                    if (name == "$ref")
                    {
                        var target = value!.GetValue<string>();
                        target.ShouldStartWith(prefix);
                        schemas.ContainsKey(target[prefix.Length..]).ShouldBeTrue(target);
                    }
                    else
                    {
                        ReferencesLead(value!, schemas, prefix);
                    }
                }

                break;
            case JsonArray array:
                foreach (var item in array)
                {
                    ReferencesLead(item!, schemas, prefix);
                }

                break;
        }
    }
}
