using Vireo.Api;
using Vireo.ApiServer.OpenApi;

namespace Vireo.Tests.Api;

public class UnsupportedFieldsTests
{
    [Fact]
    public void No_field_is_both_implemented_and_refused()
    {
        foreach (var type in UnsupportedFields.Types)
        {
            StructuralSchema
                .For(type)
                .Properties.Keys.Intersect(UnsupportedFields.Of(type).Keys)
                .ShouldBeEmpty(type.Name);
        }
    }

    [Fact]
    public void A_type_without_a_row_refuses_nothing() => UnsupportedFields.Of(typeof(Chassis)).ShouldBeEmpty();

    [Fact]
    public void The_marks_of_the_table_are_read()
    {
        UnsupportedFields.Of(typeof(CPU))["numa"].ShouldBe(UnsupportedField.Refused);
        UnsupportedFields.Of(typeof(CPU))["realtime"].ShouldBe(UnsupportedField.RefusedWhenEmpty);
        UnsupportedFields.Of(typeof(ObjectMeta))["selfLink"].ShouldBe(UnsupportedField.Ignored);
    }
}
