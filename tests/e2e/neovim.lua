-- A headless Neovim that a test drives by remote expressions.
local client_id

function _G.attach(command, root)
  client_id = vim.lsp.start_client({
    name = 'askdocs',
    cmd = vim.fn.json_decode(command),
    root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = 'project' } },
  })
  return vim.lsp.buf_attach_client(0, client_id) and 1 or 0
end

function _G.request(method, params)
  local client = vim.lsp.get_client_by_id(client_id)
  local reply, problem = client.request_sync(method, vim.fn.json_decode(params), 60000,
    vim.api.nvim_get_current_buf())
  return vim.fn.json_encode(reply or { failed = problem })
end

-- What `K` would show: the position is that of the cursor.
function _G.hover(line, character)
  vim.api.nvim_win_set_cursor(0, { line, character })
  local params = vim.lsp.util.make_position_params()
  return _G.request('textDocument/hover', vim.fn.json_encode(params))
end

function _G.insert(line, text)
  vim.api.nvim_buf_set_lines(0, line, line, true, { text })
end

-- The file for Neovim's users; what its answers show is kept.
_G.states = {}
_G.told = {}

function _G.set_up(plugin, command)
  vim.api.nvim_create_autocmd('FileType', {
    pattern = 'markdown',
    callback = function(event)
      _G.states = {}
      vim.api.nvim_buf_attach(event.buf, false, {
        on_lines = function()
          local lines = vim.api.nvim_buf_get_lines(event.buf, 0, -1, true)
          table.insert(_G.states, table.concat(lines, '\n'))
        end,
      })
    end,
  })
  vim.notify = function(text) table.insert(_G.told, text) end
  dofile(plugin).setup({ cmd = vim.fn.json_decode(command) })
  vim.cmd('edit')
end

-- Into a file: remote expressions print no long values in one piece.
function _G.evaluate(expression, file)
  local value = assert(loadstring('return ' .. expression))()
  vim.fn.writefile({ vim.fn.json_encode(value) }, file)
end
