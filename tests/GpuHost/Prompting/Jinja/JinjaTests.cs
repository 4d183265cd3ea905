using Hybrid.GpuHost.Prompting.Jinja;
using Hybrid.GpuHost.Tokenization;

namespace Hybrid.GpuHost.Tests.Prompting.Jinja;

/// <summary>What Jinja 3.1 writes, set as Hugging Face sets it.</summary>
public sealed class JinjaTests
{
    [Theory]
    [InlineData("{{ 1 + 2 * 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 10 }} {{ 1e3 }}", "7 3 -4 2 3.5 1024 1000.0")]
    [InlineData("{{ 'a' ~ 1 ~ none }} {{ 'x' * 3 }} {{ 'A' 'B' }} {{ [1, 'a', true, none, 2.0, {'k': 'v'}] }}", "a1None xxx AB [1, 'a', True, None, 2.0, {'k': 'v'}]")]
    [InlineData("{{ 1 < 2 < 3 }} {{ 'b' in 'abc' }} {{ 3 not in [1, 2] }} {{ not true or 1 }} {{ none or 'x' }} {{ 'a' if false }}.", "True True True 1 x .")]
    [InlineData("{{ x is defined }} {{ x.y is defined if x is defined else 'no' }} {{ x | default('d') }} {{ '' | default('d', true) }} {{ 5 is divisibleby 5 }}", "False no d d True")]
    [InlineData("{{ user.name }} {{ user['name'][0] }} {{ user.name[1:] }} {{ user.name[::-1] }} {{ list[-1] }} {{ list[1:] }} {{ user.missing }}|", "Ann A nn nnA 3 [2, 3] |")]
    [InlineData("{{ ' a '.strip() }}|{{ 'xax'.strip('x') }}|{{ 'a,b'.split(',') }}|{{ ' a  b '.split() }}|{{ 'ab'.startswith('a') }}|{{ 'aXb'.lower() }}", "a|a|['a', 'b']|['a', 'b']|True|axb")]
    [InlineData("{{ 'a-b-c'.replace('-', '+') }} {{ 'a b'.title() }} {{ 'aB' | capitalize }} {{ [1, 2] | join(', ') }} {{ 'abc' | length }} {{ [3, 1] | sort }}", "a+b+c A B Ab 1, 2 3 [1, 3]")]
    [InlineData("{{ users | selectattr('role', 'equalto', 'a') | map(attribute='name') | join(',') }} {{ users | rejectattr('role', 'equalto', 'a') | list | length }}", "x,z 1")]
    [InlineData("{{ {'b': [1, 'é\"\\n'], 'a': {}} | tojson }}", "{\"b\": [1, \"é\\\"\\n\"], \"a\": {}}")]
    [InlineData("{{ {'a': [1]} | tojson(indent=2) }}", "{\n  \"a\": [\n    1\n  ]\n}")]
    [InlineData("{% for i in list if i != 2 %}{{ loop.index }}/{{ loop.length }}:{{ i }}{{ ',' if not loop.last }}{% else %}none{% endfor %}", "1/2:1,2/2:3")]
    [InlineData("{% for i in [] %}x{% else %}none{% endfor %}{% for k, v in {'a': 1}.items() %}{{ k }}={{ v }}{% endfor %}", "nonea=1")]
    [InlineData("{% for i in range(9) %}{% if i == 1 %}{% continue %}{% elif i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}", "02")]
    [InlineData("{% set n = 0 %}{% for i in list %}{% set n = n + i %}{% endfor %}{{ n }}", "0")]
    [InlineData("{% set ns = namespace(n=0) %}{% for i in list %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}", "6")]
    [InlineData("{% set a, b = [1, 2] %}{{ a }}{{ b }}{% set c %}[{{ a }}]{% endset %}{{ c }}", "12[1]")]
    [InlineData("{% macro greet(name, mark='!') %}hi {{ name }}{{ mark }}{% endmacro %}{{ greet('you') }} {{ greet('me', mark='?') }}", "hi you! hi me?")]
    [InlineData("a\n  {% if true %}\n  b\n  {% endif %}\nc\n", "a\n  b\nc")]
    [InlineData("a\n  {{- ' b' -}}  \n c", "a bc")]
    [InlineData("a {#- gone -#} b{# gone #}\nc", "abc")]
    [InlineData("  {%+ if true %}x{% endif +%}\ny", "  x\ny")]
    [InlineData("{% raw %}{{ not this }}{% endraw %}{{ '{{' }}", "{{ not this }}{{")]
    [InlineData("{{ '\\u00e9\\t\\'' }}{{ \"a\\\\b\" }}", "é\t'a\\b")]
    public void Render_Template_WritesWhatJinjaDoes(string template, string expected) => Assert.Equal(expected, Render(template).ToString());

    [Theory]
    [InlineData("a\n{% if x %}b", "line 2", "endif")]
    [InlineData("{% include 'x' %}", "line 1", "'include'")]
    [InlineData("a\n\n{{ 1 | mystery }}", "line 3", "'mystery'")]
    [InlineData("{{ 1 is mystery }}", "line 1", "'mystery'")]
    [InlineData("{{ missing.name }}", "line 1", "'missing'")]
    [InlineData("{{ 'open }}", "line 1", "not closed")]
    [InlineData("{{ 1 + 'a' }}", "line 1", "'+'")]
    [InlineData("{{ 1 // 0 }}", "line 1", "zero")]
    [InlineData("{{ a ? b }}", "line 1", "'?'")]
    [InlineData("{{ 9223372036854775807 + 1 }}", "line 1", "too large")]
    [InlineData("{{ 1", "line 1", "'}}'")]
    public void Render_WhatCannotBe_NamesLineAndThing(string template, string line, string what)
    {
        var exception = Assert.Throws<TemplateException>(() => Render(template));

        Assert.StartsWith(line, exception.Message, StringComparison.Ordinal);
        Assert.Contains(what, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% for i in range(1000000000) %}{% endfor %}")]
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}")]
    [InlineData("{{ 'x' * 1000000000000 }}")]
    [InlineData("{% set ns = namespace(s='aaaaaaaaaa') %}{% for i in range(30) %}{% set ns.s = ns.s.replace('a', ns.s) %}{% endfor %}")]
    [InlineData("{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}")]
    public void Render_WithoutEnd_IsStopped(string template) => Assert.Throws<TemplateException>(() => Render(template));

    [Fact]
    public void Parse_NestedWithoutEnd_IsRefused() =>
        Assert.Throws<TemplateException>(() => Render("{{ " + new string('(', 100_000) + "1" + new string(')', 100_000) + " }}"));

    [Fact]
    public void Render_Cancelled_Ends()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() =>
            JinjaTemplate.Parse("{% for i in range(100000) %}{% endfor %}").Render([], RenderLimits.Default, cancelled.Token));
    }

    [Theory]
    [InlineData("{{ text }}")]
    [InlineData("{{ text | trim | upper }}")]
    [InlineData("{{ text.split('s')[1] + 'end' }}")]
    [InlineData("{{ {'t': text} | tojson }}")]
    [InlineData("{{ text[::-1] }}")]
    [InlineData("{{ [text, text] | join('-') }}")]
    [InlineData("{{ text.replace('u', 'o') }}")]
    [InlineData("{{ 'template'.replace('plate', text) }}")]
    [InlineData("{% set t %}<{{ text }}>{% endset %}{{ t }}")]
    [InlineData("{% macro m(x) %}{{ x }}{% endmacro %}{{ m(text) }}")]
    [InlineData("{{ text | title }}")]
    [InlineData("{{ text | capitalize | indent(2) }}")]
    [InlineData("{{ text }} {{ [text] }}")]
    public void Render_TextFromOutside_StaysMarked(string template)
    {
        var rendered = Render(template);

        // The values' own letters, whatever case they are in now.
        var trusted = string.Concat(rendered.Runs.Where(run => !run.Outside).Select(run => run.Text));
        Assert.DoesNotContain("ser", trusted, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("er s", trusted, StringComparison.OrdinalIgnoreCase);
        Assert.True(rendered.HasOutside);
    }

    private static MarkedText Render(string template) => JinjaTemplate.Parse(template).Render(
        new Dictionary<string, object?>
        {
            ["text"] = MarkedText.Outside(" user says "),
            ["user"] = new Dictionary<string, object?> { ["name"] = Values.Text("Ann") },
            ["list"] = new List<object?> { 1L, 2L, 3L },
            ["users"] = new[] { ("x", "a"), ("y", "b"), ("z", "a") }
                .Select(user => (object?)new Dictionary<string, object?> { ["name"] = Values.Text(user.Item1), ["role"] = Values.Text(user.Item2) }).ToList(),
        },
        RenderLimits.Default,
        TestContext.Current.CancellationToken);
}
