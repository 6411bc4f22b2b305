using Vireo.Api;
using Vireo.ApiServer.Storage;

namespace Vireo.Tests.ApiServer.Storage;

public sealed class ObjectTableTests
{
    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 400)]
    [InlineData(3, 4000)]
    public void A_table_holds_what_a_sorted_dictionary_holds(int seed, int names)
    {
        var random = new Random(seed);
        var model = new SortedDictionary<string, StoredObject>(StringComparer.Ordinal);
        var table = ObjectTable.Empty;

        for (var step = 0; step < 10_000; step++)
        {
            // Fill up, then empty: chunks split, and join again.
            var item = Item($"n{random.Next(names)}", step);
            var isAdd = random.Next(10_000) > (step < 6_000 ? 2_000 : 9_000);

            if (isAdd)
            {
                table = table.With(item);
                model[item.Name] = item;
            }
            else
            {
                table = table.Without(item.Namespace, item.Name);
                model.Remove(item.Name);
            }

            table.Find(item.Namespace, item.Name).ShouldBeSameAs(isAdd ? item : null);

            if (step % 500 == 0)
            {
                table.Count.ShouldBe(model.Count);
                table.List(null).ShouldBe(model.Values);
            }
        }

        table.List(null).ShouldBe(model.Values);
        model.Values.ShouldAllBe(item => ReferenceEquals(table.Find(item.Namespace, item.Name), item));
        ObjectTable.Of(model.Values.Reverse()).List(null).ShouldBe(model.Values);
    }

    [Fact]
    public void Names_that_count_up_and_go_leave_nothing_behind()
    {
        var names = Enumerable.Range(0, 1000).Select(i => $"vm-{i:0000}").ToList();
        var full = names.Aggregate(ObjectTable.Empty, (table, name) => table.With(Item(name, 1)));
        full.List("default").Select(item => item.Name).ShouldBe(names);

        var empty = names.Aggregate(full, (table, name) => table.Without("default", name));
        empty.Count.ShouldBe(0);
        empty.List(null).ShouldBeEmpty();
        empty.Find("default", names[0]).ShouldBeNull();
        empty.With(Item("again", 2)).Count.ShouldBe(1);
        full.Count.ShouldBe(1000);
    }

    private static StoredObject Item(string name, long revision) =>
        new(ResourceKinds.ConfigMaps, "default", name, revision, ReadOnlyMemory<byte>.Empty);
}
