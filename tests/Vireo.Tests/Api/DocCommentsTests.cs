using Vireo.Api;
using Vireo.ApiServer.OpenApi;

namespace Vireo.Tests.Api;

public class DocCommentsTests
{
    private static readonly DocComments Comments = DocComments.Load();

    [Fact]
    public void Every_type_and_field_that_users_see_says_what_it_means()
    {
        var silent = new List<string>();
        foreach (var node in ResourceKinds.All.SelectMany(kind => DefinitionNames.Objects(StructuralSchema.For(kind))))
        {
            if (string.IsNullOrEmpty(Comments.Of(node.Source)))
            {
                silent.Add(node.Source.Name);
            }

            silent.AddRange(
                node.Properties.Values.Where(property => string.IsNullOrEmpty(Comments.Of(node.Source, property)))
                    .Select(property => $"{node.Source.Name}.{property.MemberName}")
            );
        }

        silent.Distinct().ShouldBeEmpty();
    }

    [Fact]
    public void A_comment_is_one_line_of_plain_text()
    {
        var node = StructuralSchema.For(typeof(Volume));

        Comments
            .Of(typeof(Volume), node.Properties["hostDisk"])
            .ShouldBe(
                "A disk image in the host's file system. Needs the gate HostDisk and a path below the allowed roots."
            );
    }
}
