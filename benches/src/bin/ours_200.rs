//! 200 tools with `mcp-server`, for the listing.

use std::error::Error;

use mcp_server::prelude::*;

macro_rules! tools {
    ($($name:ident)*) => {$(
        /// Add two numbers.
        #[mcp_tool]
        async fn $name(
            /// First addend
            a: i64,
            /// Second addend
            b: i64,
        ) -> i64 {
            a + b
        }
    )*};
}

tools! {
    add_000 add_001 add_002 add_003 add_004 add_005 add_006 add_007 add_008 add_009
    add_010 add_011 add_012 add_013 add_014 add_015 add_016 add_017 add_018 add_019
    add_020 add_021 add_022 add_023 add_024 add_025 add_026 add_027 add_028 add_029
    add_030 add_031 add_032 add_033 add_034 add_035 add_036 add_037 add_038 add_039
    add_040 add_041 add_042 add_043 add_044 add_045 add_046 add_047 add_048 add_049
    add_050 add_051 add_052 add_053 add_054 add_055 add_056 add_057 add_058 add_059
    add_060 add_061 add_062 add_063 add_064 add_065 add_066 add_067 add_068 add_069
    add_070 add_071 add_072 add_073 add_074 add_075 add_076 add_077 add_078 add_079
    add_080 add_081 add_082 add_083 add_084 add_085 add_086 add_087 add_088 add_089
    add_090 add_091 add_092 add_093 add_094 add_095 add_096 add_097 add_098 add_099
    add_100 add_101 add_102 add_103 add_104 add_105 add_106 add_107 add_108 add_109
    add_110 add_111 add_112 add_113 add_114 add_115 add_116 add_117 add_118 add_119
    add_120 add_121 add_122 add_123 add_124 add_125 add_126 add_127 add_128 add_129
    add_130 add_131 add_132 add_133 add_134 add_135 add_136 add_137 add_138 add_139
    add_140 add_141 add_142 add_143 add_144 add_145 add_146 add_147 add_148 add_149
    add_150 add_151 add_152 add_153 add_154 add_155 add_156 add_157 add_158 add_159
    add_160 add_161 add_162 add_163 add_164 add_165 add_166 add_167 add_168 add_169
    add_170 add_171 add_172 add_173 add_174 add_175 add_176 add_177 add_178 add_179
    add_180 add_181 add_182 add_183 add_184 add_185 add_186 add_187 add_188 add_189
    add_190 add_191 add_192 add_193 add_194 add_195 add_196 add_197 add_198 add_199
}

fn main() -> Result<(), Box<dyn Error>> {
    let server = McpServer::new("bench").version("0.1.0").build()?;
    Ok(mcp_benches::run(async |listener| server.serve(listener).await)?)
}
